"""Stands in for SGLang's GPU kernels, so that its server runs on a CPU with torch alone.

Every attribute and submodule can be imported; one that is called says that there is no kernel.
Put this folder first on PYTHONPATH. For tests of how SGLang behaves, never of how fast it is.
"""
import importlib.abc
import importlib.machinery
import sys
import types

__version__ = "0.4.10"
__path__ = []


class _Missing:
    def __init__(self, name):
        self.name = self.__name__ = name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(f"{self.name}.{name}")

    def __call__(self, *_args, **_kwargs):
        raise RuntimeError(f"sgl_kernel.{self.name} was called, and this shim has no kernels")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Missing(name)


class _Submodules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, _path=None, _target=None):
        if not fullname.startswith(f"{__name__}."):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return types.ModuleType(spec.name)

    def exec_module(self, module):
        module.__getattr__ = __getattr__


sys.meta_path.insert(0, _Submodules())
