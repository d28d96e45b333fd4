"""One visitor without a browser: Streamlit's own WebSocket protocol, a rerun at a time."""

from __future__ import annotations

import asyncio
import time

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Session:
    """A connected visitor. ``rerun`` returns seconds from sending the request to the end of the server's answer."""

    def __init__(self, port: int) -> None:
        self._url = f"ws://127.0.0.1:{port}/_stcore/stream"
        self._page = ""
        self.exceptions = 0

    async def __aenter__(self) -> Session:
        self._socket = await websockets.connect(
            self._url, subprotocols=["streamlit"], max_size=None, compression=None, origin="http://localhost"
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def rerun(self, query: str, page: str = "") -> float:
        """Ask for one run with this query string; ``page`` is a page's name on the first call."""
        message = BackMsg()
        message.rerun_script.query_string = query
        if page:
            message.rerun_script.page_name = page
        else:
            message.rerun_script.page_script_hash = self._page
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self._socket.recv(), 30))
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self._page = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self.exceptions += answer.delta.new_element.WhichOneof("type") == "exception"
            elif kind == "script_finished":
                return time.perf_counter() - began
