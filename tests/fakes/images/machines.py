"""Machines as their kernels describe them: the files below ``proc``, ``sys`` and ``dev`` that probes read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

EPYC_FLAGS = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht "
    "syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good nopl nonstop_tsc cpuid "
    "extd_apicid aperfmperf pni pclmulqdq monitor ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx "
    "f16c rdrand lahf_lm cmp_legacy svm cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs skinit "
    "wdt tce topoext bpext cpb fsgsbase bmi1 avx2 smep bmi2 cqm rdt_a rdseed adx smap clflushopt clwb "
    "sha_ni xsaveopt xsavec xgetbv1 clzero irperf xsaveerptr wbnoinvd arat npt lbrv umip rdpid"
)
TIGER_LAKE_FLAGS = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr "
    "sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good "
    "nopl xtopology cpuid aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx est tm2 ssse3 sdbg fma cx16 "
    "xtpr pdcm pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand "
    "lahf_lm abm 3dnowprefetch invpcid_single fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid "
    "avx512f avx512dq rdseed adx smap avx512ifma clflushopt clwb intel_pt avx512cd sha_ni avx512bw "
    "avx512vl xsaveopt xsavec xgetbv1 xsaves avx512vbmi umip pku ospke avx512_vbmi2 gfni vaes vpclmulqdq "
    "avx512_vnni avx512_bitalg avx512_vpopcntdq rdpid movdiri movdir64b avx512_vp2intersect flush_l1d"
)
NEHALEM_FLAGS = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 "
    "syscall nx lm pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm hypervisor"
)
NEOVERSE_FEATURES = (
    "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp ssbs"
)

PCI_IDS = """# List of PCI ID's
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t740f  Aldebaran/MI200 [Instinct MI210]
\t73bf  Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]
\t\t1002 0e3a  Radeon RX 6900 XT
10de  NVIDIA Corporation
\t20b0  GA100 [A100 SXM4 40GB]
\t1f95  TU117M [GeForce GTX 1650 Ti Mobile]
8086  Intel Corporation
\t20b0  Something else of that number
\t9a49  TigerLake-LP GT2 [Iris Xe Graphics]
"""


def recorded(root: Path, *parts: Mapping[str, str]) -> Path:
    """Files of a machine, written below a directory."""
    for part in parts:
        for name, content in part.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    return root


def x86(vendor: str, flags: str, cores: int) -> dict[str, str]:
    one = "processor\t: {}\nvendor_id\t: {}\ncpu family\t: 6\nflags\t\t: {}\nbogomips\t: 4800.00\n\n"
    return {"proc/cpuinfo": "".join(one.format(number, vendor, flags) for number in range(cores))}


def arm(implementer: str, part: str, features: str, cores: int) -> dict[str, str]:
    one = (
        "processor\t: {}\nBogoMIPS\t: 243.75\nFeatures\t: {}\nCPU implementer\t: {}\n"
        "CPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: {}\nCPU revision\t: 1\n\n"
    )
    return {"proc/cpuinfo": "".join(one.format(n, features, implementer, part) for n in range(cores))}


def memory(kibibytes: int) -> dict[str, str]:
    return {"proc/meminfo": f"MemTotal:       {kibibytes} kB\nMemFree:        123456 kB\n"}


def pci(slot: str, kind: int, vendor: int, device: int) -> dict[str, str]:
    values = {"class": f"0x{kind:06x}", "vendor": f"0x{vendor:04x}", "device": f"0x{device:04x}"}
    return {f"sys/bus/pci/devices/{slot}/{name}": f"{value}\n" for name, value in values.items()}


def nvidia_driver(version: str, *, open_module: bool = False) -> dict[str, str]:
    module = (
        f"NVIDIA UNIX Open Kernel Module for x86_64  {version}  Release Build  (dvs-builder@U16)"
        if open_module
        else f"NVIDIA UNIX x86_64 Kernel Module  {version}  Thu Oct 19 18:56:32 UTC 2023"
    )
    return {
        "proc/driver/nvidia/version": f"NVRM version: {module}\nGCC version:  gcc version 12.2.0 (Debian)\n"
    }


def nvidia_device(slot: str, model: str) -> dict[str, str]:
    return {
        f"proc/driver/nvidia/gpus/{slot}/information": (
            f"Model: \t\t {model}\nIRQ:   \t\t 151\nGPU UUID: \t GPU-00000000-0000-0000-0000-000000000000\n"
            "Video BIOS: \t 92.00.36.00.01\nBus Type: \t PCIe\n"
        )
    }


def server_with_a100s(root: Path) -> Path:
    """Two A100 and the driver 535, beside the console's own graphics."""
    return recorded(
        root,
        x86("AuthenticAMD", EPYC_FLAGS, 8),
        memory(528_000_000),
        pci("0000:03:00.0", 0x030000, 0x1A03, 0x2000),
        pci("0000:07:00.0", 0x030200, 0x10DE, 0x20B0),
        pci("0000:0a:00.0", 0x030200, 0x10DE, 0x20B0),
        pci("0000:0b:00.0", 0x068000, 0x10DE, 0x1AF1),
        nvidia_driver("535.129.03"),
        nvidia_device("0000:07:00.0", "NVIDIA A100-SXM4-40GB"),
        nvidia_device("0000:0a:00.0", "NVIDIA A100-SXM4-40GB"),
    )


def laptop_with_intel_graphics(root: Path) -> Path:
    return recorded(
        root,
        x86("GenuineIntel", TIGER_LAKE_FLAGS, 8),
        memory(16_000_000),
        pci("0000:00:02.0", 0x030000, 0x8086, 0x9A49),
        pci("0000:00:1f.3", 0x040380, 0x8086, 0xA0C8),
        {"usr/share/misc/pci.ids": PCI_IDS},
    )


def server_with_mi210(root: Path) -> Path:
    """An accelerator of AMD, with the nodes that its compute driver shows: the first one is the processor."""
    nodes = "sys/class/kfd/kfd/topology/nodes"
    return recorded(
        root,
        x86("AuthenticAMD", EPYC_FLAGS, 4),
        memory(264_000_000),
        pci("0000:63:00.0", 0x038000, 0x1002, 0x740F),
        pci("0000:64:00.0", 0x120000, 0x1002, 0x74A1),
        {
            "sys/module/amdgpu/version": "6.3.6\n",
            f"{nodes}/0/properties": "cpu_cores_count 64\ngfx_target_version 0\n",
            f"{nodes}/1/properties": "cpu_cores_count 0\nsimd_count 416\ngfx_target_version 90010\n",
            "usr/share/hwdata/pci.ids": PCI_IDS,
        },
    )


def virtual_machine(root: Path) -> Path:
    """No graphics processor but the one that a hypervisor draws its console with."""
    return recorded(
        root,
        x86("GenuineIntel", NEHALEM_FLAGS, 2),
        memory(4_000_000),
        pci("0000:00:01.0", 0x038000, 0x1AF4, 0x1050),
        pci("0000:00:03.0", 0x020000, 0x1AF4, 0x1041),
        {"sys/class/drm/renderD128/device/vendor": "0x1af4\n"},
    )


def arm_server(root: Path) -> Path:
    """An Ampere Altra without any bus that could be read."""
    return recorded(root, arm("0x41", "0xd0c", NEOVERSE_FEATURES, 80), memory(264_000_000))


def container(root: Path) -> Path:
    """No ``sys`` but the control group, which allows two gibibytes and one and a half processors."""
    return recorded(
        root,
        x86("AuthenticAMD", EPYC_FLAGS, 16),
        memory(64_000_000),
        {"sys/fs/cgroup/memory.max": "2147483648\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"},
    )
