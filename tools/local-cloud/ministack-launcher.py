"""Starts MiniStack with those corrections of its WebSocket APIs that no template and no setting can make.

They replace functions of the engine, so they are made in the version that they were written for, and in no other:
`CORRECTED` is the version in requirements.txt. test/tools/local-cloud/launcher.store.test.ts shows that each is needed.
"""

import importlib.metadata
import json
import runpy
import sys
import threading

CORRECTED = "1.5.33"

# The events of WebSocket APIs that are handled at a time: each takes a process of its own.
SLOTS = 8


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


def internal_error(context):
    """Builds the text that API Gateway sends to a client when a function fails, without the function's error."""
    ids = {"connectionId": context["connectionId"], "requestId": context["requestId"]}
    return json.dumps({"message": "Internal server error", **ids})


if __name__ == "__main__":
    if importlib.metadata.version("ministack") == CORRECTED:
        correct()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
