"""Rewards for programs that a model wrote, as reinforcement learning needs them: hundreds at a time, one number each.

Needs the client: pip install ./clients/python. Run it with the address of the service, by default http://127.0.0.1:3004.
For large batches, start the service with CONCURRENCY at the number of cores, and QUEUE_SIZE at the size of a batch.
"""

import asyncio
import re
import sys

from code_execution_client import AsyncClient, CodeExecutionError

CONCURRENCY = 64


def code_in(completion: str) -> str:
    """The last block of code in what a model wrote, or all of it."""
    blocks = re.findall(r"```(?:python)?\n(.*?)```", completion, re.DOTALL)
    return blocks[-1] if blocks else completion


async def reward(client, places, completion, tests):
    """The part of the tests that pass, from 0 to 1; None if the service is at fault, so that no sample is punished."""
    async with places:
        try:
            result = await client.execute(
                language="python", code=code_in(completion), test_cases=tests, time_limit=2, memory_limit=256
            )
        except CodeExecutionError as error:
            # What the service rejects as code is the model's work.
            return 0.0 if error.code in ("code_rejected", "invalid_request", "too_large") else None
        return None if result["status"] == "internal_error" else result["summary"]["score"]


async def rewards(url, samples, api_key=None):
    """One reward for each pair of a completion and its tests, in their order."""
    places = asyncio.Semaphore(CONCURRENCY)
    async with AsyncClient(url, api_key, retries=8) as client:
        return await asyncio.gather(*(reward(client, places, text, tests) for text, tests in samples))


if __name__ == "__main__":
    TESTS = [{"input": "3", "expected_output": "9"}, {"input": "0", "expected_output": "0"}]
    SAMPLES = [
        ("Squares:\n```python\nprint(int(input()) ** 2)\n```", TESTS),
        ("```python\nprint(9)\n```", TESTS),
        ("I do not know.", TESTS),
    ]
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3004"
    print(asyncio.run(rewards(url, SAMPLES * 20))[:3])
