"""What in code speaks of hardware: tables of symbols, of arguments and of environment variables."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Strength(enum.StrEnum):
    """How much code depends on hardware; the strongest first."""

    REQUIRES = "requires"
    OPTIONAL = "optional"
    PROBE = "probe"


class Accelerator(enum.StrEnum):
    """Kinds of hardware; ``gpu`` is one of any maker, ``intel-cpu`` gains from Intel's extensions."""

    CUDA = "cuda"
    ROCM = "rocm"
    XPU = "xpu"
    MPS = "mps"
    TPU = "tpu"
    HPU = "hpu"
    DIRECTML = "directml"
    OPENCL = "opencl"
    GPU = "gpu"
    INTEL_CPU = "intel-cpu"


class Signal(NamedTuple):
    """What a symbol or an argument says."""

    accelerator: Accelerator
    strength: Strength


_TABLE = """
torch.cuda                              cuda      requires
torch.cuda.is_available                 cuda      probe
torch.cuda.is_initialized               cuda      probe
torch.cuda.is_bf16_supported            cuda      probe
torch.cuda.device_count                 cuda      probe
torch.cuda.empty_cache                  cuda      optional
torch.cuda.manual_seed                  cuda      optional
torch.cuda.manual_seed_all              cuda      optional
torch.cuda.amp                          cuda      optional
torch.cuda.OutOfMemoryError             cuda      optional
torch.backends.cuda                     cuda      optional
torch.backends.cuda.is_built            cuda      probe
torch.backends.cudnn                    cuda      optional
torch.backends.cudnn.is_available       cuda      probe
torch.backends.mps                      mps       optional
torch.backends.mps.is_available         mps       probe
torch.backends.mps.is_built             mps       probe
torch.backends.mkl                      intel-cpu optional
torch.version.cuda                      cuda      probe
torch.version.hip                       rocm      probe
torch.xpu                               xpu       requires
torch.xpu.is_available                  xpu       probe
torch.xpu.device_count                  xpu       probe
torch.mps                               mps       requires
torch.mps.is_available                  mps       probe
torch.mps.device_count                  mps       probe
torch.mps.empty_cache                   mps       optional
torch.distributed.is_nccl_available     cuda      probe
torch.accelerator                       gpu       requires
torch.accelerator.is_available          gpu       probe
torch_xla                               tpu       requires
torch_directml                          directml  requires
torch_directml.is_available             directml  probe
habana_frameworks                       hpu       requires
tensorflow.config.list_physical_devices gpu       probe
tensorflow.config.list_logical_devices  gpu       probe
tensorflow.config.get_visible_devices   gpu       probe
tensorflow.config.set_visible_devices   gpu       optional
tensorflow.config.experimental.list_physical_devices gpu probe
tensorflow.config.experimental.set_memory_growth     gpu optional
tensorflow.test.is_gpu_available        gpu       probe
tensorflow.test.gpu_device_name         gpu       probe
tensorflow.test.is_built_with_cuda      cuda      probe
tensorflow.test.is_built_with_rocm      rocm      probe
tensorflow.python.client.device_lib     gpu       probe
tensorflow.distribute.MirroredStrategy  gpu       optional
tensorflow.distribute.TPUStrategy       tpu       requires
tensorflow.distribute.experimental.TPUStrategy       tpu requires
tensorflow.distribute.cluster_resolver.TPUClusterResolver tpu requires
tensorflow.tpu                          tpu       requires
jax.devices                             gpu       probe
jax.local_devices                       gpu       probe
jax.device_count                        gpu       probe
jax.local_device_count                  gpu       probe
jax.default_backend                     gpu       probe
jax.tools.colab_tpu                     tpu       requires
cupy                                    cuda      requires
cupy.is_available                       cuda      probe
cupy.cuda.is_available                  cuda      probe
cupy.cuda.runtime.getDeviceCount        cuda      probe
cupyx                                   cuda      requires
numba.cuda                              cuda      requires
numba.cuda.is_available                 cuda      probe
numba.cuda.detect                       cuda      probe
numba.cuda.gpus                         cuda      probe
numba.roc                               rocm      requires
pycuda                                  cuda      requires
cuda                                    cuda      requires
pyopencl                                opencl    requires
pyopencl.get_platforms                  opencl    probe
triton                                  gpu       requires
bitsandbytes                            cuda      requires
flash_attn                              cuda      requires
xformers                                cuda      requires
apex                                    cuda      requires
tensorrt                                cuda      requires
tensorrt_llm                            cuda      requires
transformer_engine                      cuda      requires
torch_tensorrt                          cuda      requires
deepspeed                               gpu       optional
vllm                                    gpu       requires
onnxruntime.get_available_providers     gpu       probe
onnxruntime.get_device                  gpu       probe
cudf                                    cuda      requires
cuml                                    cuda      requires
cugraph                                 cuda      requires
cuspatial                               cuda      requires
cucim                                   cuda      requires
cuvs                                    cuda      requires
pylibraft                               cuda      requires
rmm                                     cuda      requires
dask_cuda                               cuda      requires
dask_cudf                               cuda      requires
nvidia                                  cuda      requires
pynvml                                  cuda      probe
py3nvml                                 cuda      probe
nvidia_smi                              cuda      probe
GPUtil                                  cuda      probe
amdsmi                                  rocm      probe
faiss.get_num_gpus                      cuda      probe
faiss.StandardGpuResources              cuda      requires
faiss.GpuIndexFlatL2                    cuda      requires
faiss.GpuIndexFlatIP                    cuda      requires
faiss.GpuIndexIVFFlat                   cuda      requires
faiss.GpuIndexIVFPQ                     cuda      requires
faiss.index_cpu_to_gpu                  cuda      requires
faiss.index_cpu_to_all_gpus             cuda      requires
faiss.index_cpu_to_gpu_multiple_py      cuda      requires
spacy.require_gpu                       gpu       requires
spacy.prefer_gpu                        gpu       probe
mlx                                     mps       requires
coremltools                             mps       optional
intel_extension_for_pytorch             intel-cpu optional
intel_extension_for_tensorflow          intel-cpu optional
sklearnex                               intel-cpu optional
daal4py                                 intel-cpu optional
openvino                                intel-cpu optional
"""


def _rows(table: str) -> Iterator[tuple[str, Signal]]:
    for line in filter(None, table.splitlines()):
        symbol, accelerator, strength = line.split()
        yield symbol, Signal(Accelerator(accelerator), Strength(strength))


SYMBOLS: Mapping[str, Signal] = MappingProxyType(dict(_rows(_TABLE)))
"""By dotted name; it speaks for all below it that has no row of its own."""

MOVES: Mapping[str, Mapping[str, Signal]] = MappingProxyType(
    {
        "torch": MappingProxyType(
            {name: Signal(Accelerator(name), Strength.REQUIRES) for name in ("cuda", "xpu", "hpu", "mps")}
        )
    }
)
"""Root module to the methods of its objects that move them to a device."""

DEVICE_ARGUMENTS = frozenset(
    [
        *("device", "device_map", "map_location", "device_type", "accelerator", "backend", "platform"),
        *("task_type", "tree_method", "providers", "execution_provider", "default_device"),
    ]
)
"""Keywords whose constant may name a device."""

DEVICE_CALLS = frozenset(
    ["to", "device", "set_device", "set_default_device", "devices", "autocast", "list_physical_devices"]
)
"""Functions whose first argument may name a device."""

ENVIRONMENT: Mapping[str, Signal] = MappingProxyType(
    {
        name: Signal(accelerator, Strength.OPTIONAL)
        for name, accelerator in {
            "CUDA_VISIBLE_DEVICES": Accelerator.CUDA,
            "CUDA_HOME": Accelerator.CUDA,
            "CUDA_PATH": Accelerator.CUDA,
            "CUDA_LAUNCH_BLOCKING": Accelerator.CUDA,
            "PYTORCH_CUDA_ALLOC_CONF": Accelerator.CUDA,
            "NVIDIA_VISIBLE_DEVICES": Accelerator.CUDA,
            "HIP_VISIBLE_DEVICES": Accelerator.ROCM,
            "ROCR_VISIBLE_DEVICES": Accelerator.ROCM,
            "ROCM_HOME": Accelerator.ROCM,
            "ZE_AFFINITY_MASK": Accelerator.XPU,
            "PYTORCH_ENABLE_MPS_FALLBACK": Accelerator.MPS,
            "TPU_NAME": Accelerator.TPU,
            "XRT_TPU_CONFIG": Accelerator.TPU,
        }.items()
    }
)
"""Variables that choose or describe hardware."""

_DEVICE = re.compile(
    r"(?P<cuda>cuda(?::\d+)?|nccl|gpu_hist|CUDAExecutionProvider|TensorrtExecutionProvider)"
    r"|(?P<rocm>rocm|hip(?::\d+)?|ROCMExecutionProvider|MIGraphXExecutionProvider)"
    r"|(?P<xpu>xpu(?::\d+)?)|(?P<mps>mps(?::\d+)?)|(?P<hpu>hpu(?::\d+)?)"
    r"|(?P<tpu>tpu|TPU|xla(?::\d+)?)|(?P<directml>DmlExecutionProvider)|(?P<opencl>opencl)"
    r"|(?P<gpu>gpu|GPU|/(?:device:)?[gG][pP][uU](?::\d+)?)"
)
_FALLS_BACK = re.compile(r"\w+ExecutionProvider")
_LETS_CHOOSE = ("auto", "balanced", "balanced_low_0", "sequential")


def device(name: str, argument: str | None = None) -> Signal | None:
    """What the name of a device says; None where it is none, or the processor.

    Args:
        name: as it stands in code: ``cuda:0``, ``/GPU:0``, ``CUDAExecutionProvider``.
        argument: the keyword that it is passed by.
    """
    if argument == "device_map" and name in _LETS_CHOOSE:
        return Signal(Accelerator.GPU, Strength.OPTIONAL)
    match = _DEVICE.fullmatch(name)
    if match is None or match.lastgroup is None:
        return None
    # ONNX Runtime takes the next provider where one is missing.
    strength = Strength.OPTIONAL if _FALLS_BACK.fullmatch(name) else Strength.REQUIRES
    return Signal(Accelerator(match.lastgroup), strength)
