"""Runs one program through a client of another service, as its own users would, and prints what it got as JSON.

Usage: clients.py CLIENT URL KEY ADMIN_KEY
"""

import asyncio
import json
import sys

PROGRAM = "print(int(input()) + 1)"


async def aiopyston(url, key):
    from pyston import File, PystonClient

    client = PystonClient(api_key=key, base_url=f"{url}/api/v2/piston/")
    try:
        runtimes = await client.runtimes()
        output = await client.execute("python", [File(PROGRAM)], stdin="41")
        return {"stdout": output.run_stage.stdout, "code": output.run_stage.code, "runtimes": len(runtimes)}
    finally:
        await client.close_session()


async def piston_rspy(url, key):
    import piston_rspy as piston

    client = piston.Client.with_url_and_key(f"{url}/api/v2", key)
    runtimes = await client.fetch_runtimes()
    file = piston.File(name="main.py", content=PROGRAM)
    executor = piston.Executor().set_language("python").set_version("*").add_file(file).set_stdin("41")
    response = await client.execute(executor)
    broken = piston.File(name="main.cpp", content="int main(")
    failed = await client.execute(piston.Executor().set_language("c++").set_version("*").add_file(broken))
    return {
        "stdout": response.run.stdout,
        "code": response.run.code,
        "runtimes": len(runtimes),
        "compile": failed.compile.code,
    }


async def ultra_piston(url, key):
    from ultra_piston import File, PistonClient

    client = PistonClient(api_key=key, base_url=f"{url}/api/v2/piston")
    packages = await client.get_packages_async()
    output = await client.post_execute_async("python", "*", File(content=PROGRAM), stdin="41")
    return {"stdout": output.run.stdout, "code": output.run.code, "packages": len(packages)}


async def judge0_api_wrapper(url, key):
    from judge0_api_wrapper import CreateSubmission, Judge0

    client = Judge0(url, key, admin_key)
    submission = client.submit(CreateSubmission(source_code=PROGRAM, language_id=71, stdin="41"))
    result = client.wait_for_completion(submission)
    return {"stdout": result.stdout, "languages": len(client.languages)}


async def judge0(url, key):
    import judge0

    client = judge0.Client(endpoint=url, headers={"X-Auth-Token": key})
    case = judge0.TestCase("41", "42")
    cases = [case, judge0.TestCase("1", "1")]
    runs = judge0.run(client=client, source_code=PROGRAM, language=judge0.PYTHON, test_cases=cases)
    return {
        "stdout": runs[0].stdout,
        "statuses": [int(run.status) for run in runs],
        "languages": len(client.languages),
        "created": runs[0].created_at.isoformat(),
    }


async def judge0_client(url, key):
    from judge0_client.client import Judge0Client
    from judge0_client.models.single_file_submission import SingleFileSubmission

    async with Judge0Client(url, auth_token=key) as client:
        about, workers = await client.get_about(), await client.get_workers()
        submission = SingleFileSubmission(language_id=71, source_code=PROGRAM, stdin="41")
        token = (await client.create_submission(submission)).token
        for _ in range(100):
            detail = await client.get_submission(token)
            if detail.status.id > 2:
                break
            await asyncio.sleep(0.1)
        found = {"version": about.version, "workers": len(workers)}
        return {"stdout": detail.stdout, "status": detail.status.id, **found}


async def judge0api(url, key):
    import judge0api as api

    client = api.Client(url, auth_token=key)
    submission = api.submission.submit(client, PROGRAM.encode(), 71, stdin=b"41", expected_output=b"42")
    return {"stdout": submission.stdout.decode(), "status": submission.status["id"]}


async def sandbox_fusion(url, key):
    # The client sends no key.
    import sandbox_fusion as fusion

    fusion.set_sandbox_endpoint(url)
    request = fusion.RunCodeRequest(code=PROGRAM, language="python", stdin="41", run_timeout=5)
    answer = await fusion.run_code_async(request)
    programs = [fusion.RunCodeRequest(code=f"print({index})", language="python") for index in range(20)]
    many = fusion.run_concurrent(fusion.run_code, args=[[program] for program in programs], concurrency=10)
    return {
        "stdout": answer.run_result.stdout,
        "status": answer.status.value,
        "many": [each.run_result.stdout.strip() for each in many],
    }


name, url, key, admin_key = sys.argv[1:]
print(json.dumps(asyncio.run(globals()[name](url, key))))
