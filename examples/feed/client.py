#!/usr/bin/env python3
"""Prints the nowcasts of a power-nowcast feed, and goes on where it was after a lost connection.

    pip install websockets            (10.0 or later; Debian: python3-websockets)
    python3 client.py ws://localhost:8080/v1/feed "CA ISO-TAC"

A token, where the service asks for one, comes from the environment: NOWCAST_FEED_TOKEN.
"""
import asyncio
import json
import os
import sys

import websockets

SILENCE_S = 25  # The server beats every 10 s.


async def nowcasts(url, zones, token=None):
    """Yields (seq, nowcast) for ever, each nowcast once."""
    epoch = position = None
    last = {}  # by zone: the seq of its newest nowcast
    async for socket in websockets.connect(url, subprotocols=["nowcast.v1"], max_size=None):
        try:
            if token:
                await socket.send(json.dumps({"type": "auth", "token": token}))
            subscribe = {"type": "subscribe", "id": "python", "zones": zones}
            if epoch is not None and position is not None:
                subscribe["resume"] = {"epoch": epoch, "seq": position}
            await socket.send(json.dumps(subscribe))
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), SILENCE_S))
                kind = message["type"]
                if kind == "subscribed":
                    epoch = message["epoch"]
                elif kind == "snapshot":
                    position, last = message["seq"], {}
                    for nowcast in message["nowcasts"]:
                        last[nowcast["zone"]] = position
                        yield position, nowcast
                elif kind == "nowcast":
                    nowcast = message["nowcast"]
                    position = max(position, message.get("complete", message["seq"]))
                    if message["seq"] > last.get(nowcast["zone"], -1):
                        last[nowcast["zone"]] = message["seq"]
                        yield message["seq"], nowcast
                elif kind == "heartbeat" and position is not None:
                    position = max(position, message["seq"])
                elif kind == "error":
                    print(message["message"], file=sys.stderr)
        except (websockets.ConnectionClosed, asyncio.TimeoutError) as why:
            print(f"connection lost ({why or 'silence'}), reconnecting", file=sys.stderr)
            await asyncio.sleep(0.5)


async def main():
    url = sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:8080/v1/feed"
    zones = sys.argv[2:] or ["*"]
    async for seq, nowcast in nowcasts(url, zones, os.environ.get("NOWCAST_FEED_TOKEN")):
        first = nowcast["steps"][0]
        print(seq, nowcast["zone"], nowcast["origin"], f"+{first['horizonMinutes']} min", first["mw"], "MW", flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
