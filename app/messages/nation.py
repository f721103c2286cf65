"""Sentences about analyses of the whole country in pieces."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "nation_step_writing": Message("แบ่งข้อมูลเป็นชิ้น", "Writing the pieces"),
    "nation_step_pieces": Message("คำนวณทีละชิ้น", "Working on the pieces"),
    "cluster_unreachable": Message(
        "ติดต่อ scheduler ที่ {address} ไม่ได้",
        "The scheduler at {address} does not answer",
        "ตรวจที่อยู่ เช่น tcp://10.0.0.5:8786 และว่า dask scheduler ทำงานอยู่ หรือใช้ --scheduler local",
        "Check the address, such as tcp://10.0.0.5:8786, and that dask scheduler runs; or use --scheduler local",
    ),
}
