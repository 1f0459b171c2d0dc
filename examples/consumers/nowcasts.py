"""Reads nowcasts from Kafka and prints one line of JSON for each, with confluent-kafka's own JSON Schema deserializer.

    pip install 'confluent-kafka[json]'
    KAFKA_BROKERS=localhost:9092 SCHEMA_REGISTRY_URL=http://localhost:8081/apis/ccompat/v7 python nowcasts.py

GROUP names the consumer group (its offsets are where it goes on), TOPIC the topic, MAX ends after so many records.
"""

import json
import os

from confluent_kafka import Consumer, KafkaError, KafkaException
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.json_schema import JSONDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = os.environ.get("TOPIC", "nowcasts")
MAX = int(os.environ.get("MAX", "0"))


def main() -> None:
    registry = SchemaRegistryClient(
        {"url": os.environ.get("SCHEMA_REGISTRY_URL", "http://localhost:8081/apis/ccompat/v7")}
    )
    # Without a schema of our own: each record is checked against the one it was written with.
    deserialize = JSONDeserializer(None, schema_registry_client=registry)
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ.get("KAFKA_BROKERS", "localhost:9092"),
            "group.id": os.environ.get("GROUP", "example-nowcasts-python"),
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([TOPIC])
    seen: dict[tuple[str, str], int] = {}
    read = 0
    try:
        while MAX == 0 or read < MAX:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                if message.error().code() == KafkaError._PARTITION_EOF:
                    continue
                raise KafkaException(message.error())
            nowcast = deserialize(message.value(), SerializationContext(TOPIC, MessageField.VALUE))
            read += 1
            # Delivery is at least once, and a revision replaces a nowcast.
            key = (nowcast["zone"], nowcast["origin"])
            if nowcast["revision"] <= seen.get(key, -1):
                continue
            seen[key] = nowcast["revision"]
            first = nowcast["steps"][0]
            line = {name: nowcast[name] for name in ("zone", "origin", "revision", "quality")}
            print(json.dumps({**line, "steps": len(nowcast["steps"]), "firstMw": first["mw"]}), flush=True)
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
