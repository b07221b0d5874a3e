"""Starts MiniStack with those corrections that no template and no setting can make.

They replace functions of the engine, so they are made in the version that they were written for, and in no other:
`CORRECTED` is the version in requirements.txt. test/tools/local-cloud/launcher.e2e.test.ts shows that each is needed.
"""

import array
import fcntl
import importlib.metadata
import json
import runpy
import sys
import termios
import threading
import time

CORRECTED = "1.5.33"

# The events of WebSocket APIs that are handled at a time: each takes a process of its own.
SLOTS = 8

# The longest time that an invocation's answer waits for what the function has logged.
LOG_SECONDS = 2


def correct():
    from ministack.core import lambda_runtime
    from ministack.services import apigateway, lambda_svc

    slots = threading.BoundedSemaphore(SLOTS)

    class SocketFunction:
        """Takes the place of the one worker that the engine would use for all events of a function.

        It invokes the function as all other events do: in any free process, with logs and metrics.
        """

        def __init__(self, name, config, code_zip, qualifier="$LATEST"):
            self.record = {"config": config, "code_zip": code_zip}

        def invoke(self, event, _request_id):
            with slots:
                result = lambda_svc._execute_function(self.record, event)
            if result.get("error") or result.get("throttle"):
                return {"status": "error", "error": internal_error(event["requestContext"])}
            return {"status": "ok", "result": result.get("body") or {}}

    lambda_runtime.get_or_create_worker = SocketFunction

    connected_at = {}
    context_of = apigateway._ws_request_context

    def context_with_connection_time(api_id, route_key, stage, connection_id, event_type, *rest):
        context = context_of(api_id, route_key, stage, connection_id, event_type, *rest)
        time = connected_at.setdefault(connection_id, context["connectedAt"])
        if event_type == "DISCONNECT":
            del connected_at[connection_id]
        return {**context, "connectedAt": time}

    apigateway._ws_request_context = context_with_connection_time

    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_all(worker, *args, **kwargs):
        """Waits until the thread that reads a function's lines has read all, which takes it a while on a busy machine."""
        end = time.monotonic() + LOG_SECONDS
        while has_unread_lines(worker) and time.monotonic() < end:
            time.sleep(0.001)
        return drain(worker, *args, **kwargs)

    lambda_runtime.Worker._drain_stderr_bounded = drain_all


def has_unread_lines(worker):
    """Asks the pipe of a process that lives; the thread of one that has ended ends when it has read all."""
    if worker._proc is None:
        return worker._stderr_thread is not None and worker._stderr_thread.is_alive()
    if worker._proc.stderr is None:
        return False
    unread = array.array("i", [0])
    fcntl.ioctl(worker._proc.stderr.fileno(), termios.FIONREAD, unread)
    return unread[0] > 0


def internal_error(context):
    """Builds the text that API Gateway sends to a client when a function fails, without the function's error."""
    ids = {"connectionId": context["connectionId"], "requestId": context["requestId"]}
    return json.dumps({"message": "Internal server error", **ids})


if __name__ == "__main__":
    if importlib.metadata.version("ministack") == CORRECTED:
        correct()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
