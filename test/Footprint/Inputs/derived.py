"""The figures of serving that follow from others, docs/serving.md SV3 to SV5."""
import json
import math
import sys

serving = json.load(sys.stdin)["serving"]
prompt, generate, batch = (serving[key] for key in ("prompt", "generate", "batch"))
assert len(serving["targets"]) == 2
for t in serving["targets"]:
    prefill, decode = t["prefill"], t["decode"]
    joules = {key: phase["energy_j"]["value"] for key, phase in (("p", prefill), ("d", decode))}
    seconds = {key: phase["latency_s"]["value"] for key, phase in (("p", prefill), ("d", decode))}
    expected = {
        "energy_per_request_j": (joules["p"] + joules["d"]) / batch,
        "energy_per_token_j": joules["d"] / batch / generate,
        "energy_per_prompt_token_j": joules["p"] / batch / prompt,
        "time_to_first_token_s": seconds["p"],
        "time_per_token_s": seconds["d"] / generate,
        "tokens_per_s": batch * generate / (seconds["p"] + seconds["d"]),
    }
    for key, value in expected.items():
        assert value > 0 and math.isclose(t[key], value, rel_tol=1e-12), (key, t[key], value)
    assert prefill["energy_j"]["low"] < joules["p"] < prefill["energy_j"]["high"]
    assert decode["energy_j"]["low"] < joules["d"] < decode["energy_j"]["high"]
