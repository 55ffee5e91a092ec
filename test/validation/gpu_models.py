"""The networks that measure_gpu.py runs, in plain PyTorch (no torchvision, no transformers, no downloads).

Weights are random: energy does not depend on what a network has learned, though it does depend on the operands being
random numbers rather than zeros, so inputs and weights are drawn from a normal distribution.
"""

import torch
from torch import nn
import torch.nn.functional as F


class Bottleneck(nn.Module):
    """ResNet v1.5 block: the stride sits on the 3x3 convolution."""

    def __init__(self, channels_in, width, stride):
        super().__init__()
        out = 4 * width
        self.conv1 = nn.Conv2d(channels_in, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.down = None
        if stride != 1 or channels_in != out:
            self.down = nn.Sequential(nn.Conv2d(channels_in, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (self.down(x) if self.down else x))


class ResNet50(nn.Module):
    """25,557,032 parameters, 4.09 GMAC per 224x224 image."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        channels = 64
        for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for i in range(blocks):
                layers.append(Bottleneck(channels, width, stride if i == 0 else 1))
                channels = 4 * width
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(channels, 1000)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


class EncoderLayer(nn.Module):
    """BERT's post-norm layer, with fused attention as PyTorch serves it."""

    def __init__(self, hidden, heads, inner):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1, self.norm2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)

    def forward(self, x):
        b, s, h = x.shape
        q, k, v = self.qkv(x).view(b, s, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, s, h)
        x = self.norm1(x + self.out(a))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class BertBase(nn.Module):
    """12 layers, hidden 768, vocabulary 30522: BERT-base without a task head."""

    def __init__(self):
        super().__init__()
        self.words, self.positions = nn.Embedding(30522, 768), nn.Embedding(512, 768)
        self.norm = nn.LayerNorm(768)
        self.layers = nn.ModuleList(EncoderLayer(768, 12, 3072) for _ in range(12))

    def forward(self, ids):
        x = self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x)
        return x


class RMSNorm(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class LlamaBlock(nn.Module):
    """One decoder block of Llama-3-8B: hidden 4096, 32 query and 8 key/value heads, SwiGLU of 14336."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = RMSNorm(4096), RMSNorm(4096)
        self.q, self.k, self.v = (nn.Linear(4096, n, bias=False) for n in (4096, 1024, 1024))
        self.o = nn.Linear(4096, 4096, bias=False)
        self.gate, self.up = (nn.Linear(4096, 14336, bias=False) for _ in range(2))
        self.down = nn.Linear(14336, 4096, bias=False)

    def forward(self, x):
        b, s, _ = x.shape
        y = self.norm1(x)
        heads = lambda t: t.view(b, s, -1, 128).transpose(1, 2)
        q, k, v = heads(self.q(y)), heads(self.k(y)), heads(self.v(y))
        k, v = k.repeat_interleave(4, 1), v.repeat_interleave(4, 1)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, s, -1)
        x = x + self.o(a)
        y = self.norm2(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


# name: (module, input maker(batch, seq, device, dtype), symbolic dims of the exported graph)
MODELS = {
    "resnet50": (ResNet50, lambda b, s, dev, dt: torch.randn(b, 3, 224, 224, device=dev, dtype=dt), {0: "batch"}),
    "bert-base": (BertBase, lambda b, s, dev, dt: torch.randint(0, 30522, (b, s), device=dev), {0: "batch", 1: "seq"}),
    "llama-block": (LlamaBlock, lambda b, s, dev, dt: torch.randn(b, s, 4096, device=dev, dtype=dt),
                    {0: "batch", 1: "seq"}),
}
