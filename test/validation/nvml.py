"""NVML through ctypes: the energy counter of one GPU, and power sampling where the counter is absent.

NVML's total-energy counter (mJ since the driver was loaded) exists from Volta on; older boards are sampled at 50 Hz and
integrated by the trapezoid rule. The counter's own error is about 5 % (arXiv:2312.02741).
"""

import ctypes
import threading
import time


class Nvml:
    def __init__(self, index):
        self.lib = ctypes.CDLL("libnvidia-ml.so.1")
        self._check(self.lib.nvmlInit_v2(), "nvmlInit")
        self.handle = ctypes.c_void_p()
        self._check(self.lib.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(self.handle)), f"GPU {index}")

    @staticmethod
    def _check(code, what):
        if code:
            raise RuntimeError(f"NVML: {what} failed with code {code}")

    def name(self):
        text = ctypes.create_string_buffer(96)
        self._check(self.lib.nvmlDeviceGetName(self.handle, text, 96), "device name")
        return text.value.decode()

    def power_limit_w(self):
        value = ctypes.c_uint()
        self._check(self.lib.nvmlDeviceGetEnforcedPowerLimit(self.handle, ctypes.byref(value)), "power limit")
        return value.value / 1000

    def power_w(self):
        value = ctypes.c_uint()
        self._check(self.lib.nvmlDeviceGetPowerUsage(self.handle, ctypes.byref(value)), "power")
        return value.value / 1000

    def energy_j(self):
        """Joules since the driver was loaded; None if the board has no counter."""
        value = ctypes.c_ulonglong()
        if self.lib.nvmlDeviceGetTotalEnergyConsumption(self.handle, ctypes.byref(value)):
            return None
        return value.value / 1000


def trapezoid_j(samples):
    """Joules under (seconds, watts) samples."""
    return sum((t1 - t0) * (p0 + p1) / 2 for (t0, p0), (t1, p1) in zip(samples, samples[1:]))


class EnergyMeter:
    """with EnergyMeter(nvml) as m: work();  m.energy_j, m.seconds, m.method"""

    PERIOD_S = 0.02

    def __init__(self, nvml):
        self.nvml = nvml

    def __enter__(self):
        self.start_j = self.nvml.energy_j()
        self.samples, self.stop = [], threading.Event()
        if self.start_j is None:
            self.thread = threading.Thread(target=self._sample, daemon=True)
            self.thread.start()
        self.start_s = time.perf_counter()
        return self

    def _sample(self):
        while not self.stop.is_set():
            self.samples.append((time.perf_counter(), self.nvml.power_w()))
            time.sleep(self.PERIOD_S)

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.start_s
        if self.start_j is not None:
            self.energy_j, self.method = self.nvml.energy_j() - self.start_j, "NVML energy counter"
            return
        self.stop.set()
        self.thread.join()
        self.energy_j, self.method = trapezoid_j(self.samples), "NVML power samples, trapezoid"
