"""Writes the byte-level BPE tokenizer that a GGUF file carries as a Hugging Face folder: GGUF FOLDER."""
import json
import os
import sys

from gguf import GGUFReader
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

CONTROL = 3

fields = GGUFReader(sys.argv[1]).fields
folder = sys.argv[2]
read = lambda name: fields[f"tokenizer.{name}"].contents()

if (kind := read("ggml.model")) != "gpt2":
    sys.exit(f"{sys.argv[1]} has a tokenizer of kind {kind}, only byte-level BPE (gpt2) can be written")
tokens = read("ggml.tokens")
merges = [tuple(merge.split(" ")) for merge in read("ggml.merges")]
tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
)
tokenizer.decoder = decoders.ByteLevel()
special = [token for token, kind in zip(tokens, read("ggml.token_type")) if kind == CONTROL]
tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])

os.makedirs(folder, exist_ok=True)
tokenizer.save(os.path.join(folder, "tokenizer.json"))
config = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": tokens[read("ggml.bos_token_id")],
    "eos_token": tokens[read("ggml.eos_token_id")],
    "pad_token": tokens[read("ggml.eos_token_id")],
    "unk_token": None,
    "chat_template": read("chat_template"),
    "model_max_length": 8192,
    "clean_up_tokenization_spaces": False,
}
with open(os.path.join(folder, "tokenizer_config.json"), "w") as file:
    json.dump(config, file, indent=2)
