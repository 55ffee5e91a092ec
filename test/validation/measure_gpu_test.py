#!/usr/bin/env python3
"""What measure_gpu.py can get wrong without a GPU: integration, names, the table's format."""

import csv
import os
import sys
import types
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measure_gpu
import nvml

SHARED = os.environ.get("ENERGY_OPT_SHARED", "")


class MeasureGpu(unittest.TestCase):
    def test_trapezoid(self):
        # 100 W for 1 s, then a ramp to 300 W over 1 s: 100 + 200 J.
        self.assertAlmostEqual(nvml.trapezoid_j([(0, 100), (1, 100), (2, 300)]), 300)

    def test_counter_wins_over_samples(self):
        readings = iter([1000.0, 1250.0])
        with nvml.EnergyMeter(types.SimpleNamespace(energy_j=lambda: next(readings))) as meter:
            pass
        self.assertEqual(meter.energy_j, 250)

    def test_target_names(self):
        for gpu, target in (("NVIDIA A100-SXM4-80GB", "nvidia-a100-sxm-80gb"),
                            ("NVIDIA H100 80GB HBM3", "nvidia-h100-sxm"), ("NVIDIA H100 PCIe", "nvidia-h100-pcie"),
                            ("Tesla V100-SXM2-16GB", "nvidia-v100-sxm-16gb"), ("Tesla T4", "nvidia-t4"),
                            ("NVIDIA GeForce RTX 4090", "nvidia-rtx-4090"), ("NVIDIA L40S", "nvidia-l40s")):
            self.assertEqual(measure_gpu.target_name(gpu), target)

    def test_row_takes_the_median_run(self):
        args = measure_gpu.parse(["--out", "x.csv"])
        gpu = {"name": "Tesla T4", "limit_w": 70.0, "method": "NVML energy counter"}
        row = measure_gpu.row(args, gpu, "bert-base", 8, "fp16", [(3.0, 0.03), (1.0, 0.01), (2.0, 0.02)])
        self.assertEqual((row["energy_j"], row["seconds_per_sample"], row["spread"]), ("2", "0.02", "3.000"))
        self.assertEqual(row["dims"], "batch=8;seq=128")
        self.assertEqual(row["latency_ms"], "160")  # 8 samples of 20 ms

    @unittest.skipUnless(os.path.exists(os.path.join(SHARED, "validation/cells.csv")), "no table to compare with")
    def test_columns_are_the_tables(self):
        with open(os.path.join(SHARED, "validation/cells.csv"), newline="") as table:
            self.assertEqual(next(csv.reader(table)), list(measure_gpu.COLUMNS))


if __name__ == "__main__":
    unittest.main()
