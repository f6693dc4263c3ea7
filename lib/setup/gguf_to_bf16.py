"""Expands a GGUF file to BF16 and saves it as a Hugging Face folder: GGUF OUTPUT_FOLDER."""
import os
import sys

import torch
import transformers
from transformers.utils.quantization_config import GgufConfig

folder, file = os.path.split(sys.argv[1])
output = sys.argv[2]

tokenizer = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=file)
model = transformers.AutoModelForCausalLM.from_pretrained(
    folder,
    gguf_file=file,
    dtype=torch.bfloat16,
    quantization_config=GgufConfig(dequantize=True),
)
tokenizer.save_pretrained(output)
model.save_pretrained(output)
print(f"transformers {transformers.__version__}, torch {torch.__version__}")
