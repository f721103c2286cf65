"""Sentences about access to roads and water, and about scenarios."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # What the reader of an answer has to know
    "access_no_villages": Message(
        "ยังไม่มีหมู่บ้านของพื้นที่นี้ในระบบ จึงบอกไม่ได้ว่าใครเข้าถึง",
        "No villages of this area are loaded, so nobody can say who has access",
        "ผู้ดูแลระบบนำเข้าด้วย ./eplan load population FILE",
        "An administrator loads them with ./eplan load population FILE",
    ),
    "access_no_people": Message(
        "ไม่มีข้อมูลประชากรของพื้นที่นี้ จึงนับได้เฉพาะหมู่บ้าน ไม่ใช่คน",
        "No population of this area is known: villages are counted, people are not",
        "ผู้ดูแลระบบนำเข้าด้วย ./eplan load population FILE",
        "An administrator loads it with ./eplan load population FILE",
    ),
    "access_no_works": Message(
        "ไม่มีงานที่นับว่าใช้ได้ในพื้นที่นี้และรอบ ๆ ทุกหมู่บ้านจึงยังไม่มีการเข้าถึง",
        "No work that counts stands in or around this area, so no village has access",
        "ตรวจว่าโครงการที่เสร็จแล้วมีพิกัด หรือให้นับเส้นทางของแผนที่พื้นฐานด้วย",
        "See that finished projects have coordinates, or let the background map count as well",
    ),
    "access_unplaced": Message(
        "{count:,} หมู่บ้านหรือตำบล ({people:,} คน) ไม่ทราบจุดที่ตั้ง จึงไม่นับว่าเข้าถึงหรือไม่เข้าถึง",
        "{count:,} villages or tambons ({people:,} people) have no known point: they count neither as with nor as"
        " without",
    ),
    "access_uncounted": Message(
        "{count:,} หมู่บ้านไม่ทราบจำนวนคน นับเป็นหมู่บ้านแต่ไม่รวมในจำนวนคน",
        "Of {count:,} villages the people are not known: they count as villages, not in the people",
    ),
    "access_estimated": Message(
        "จำนวนคนของ {count:,} หมู่บ้านเป็นค่าประมาณ คือประชากรตำบลหารเท่ากันทุกหมู่บ้าน",
        "The people of {count:,} villages are an estimate: an equal part of the people of their tambon",
    ),
    "access_loose": Message(
        "{count:,} จุดรู้ว่าเป็นหมู่บ้านของตำบล แต่ไม่แน่ว่าหมู่บ้านใด คนของหมู่บ้านที่ไม่มีจุดหารเท่ากันทุกจุดนี้",
        "{count:,} points are of some village of their tambon, nobody knows which: they share equally the people of its"
        " villages without a point",
    ),
    "access_islands": Message(
        "{count:,} หมู่บ้านอยู่บนเกาะหรือแผ่นดินที่ไม่มีถนนที่นับได้ ถนนอีกฝั่งของน้ำไม่นับ",
        "{count:,} villages lie on an island or land without a road that counts; roads across the water do not",
    ),
    # Scenarios
    "scenario_not_found": Message(
        "ไม่พบทางเลือกนี้ หรือเจ้าของไม่ได้แบ่งปันให้บัญชีนี้",
        "There is no such scenario, or its owner does not share it with this account",
        "ตรวจที่อยู่ เลือกจากรายการ หรือขอให้เจ้าของแบ่งปัน",
        "Check the address, choose from the list, or ask its owner to share it",
    ),
    "scenario_not_yours": Message(
        "แก้ได้เฉพาะเจ้าของ ({owner})",
        "Only its owner ({owner}) may change it",
        "คำนวณใหม่เป็นของตนเองได้",
        "You can compute one of your own",
    ),
    "scenario_staff_only": Message(
        "ทางเลือกใช้แผนที่ยังไม่เผยแพร่ จึงเปิดได้เฉพาะเจ้าหน้าที่",
        "Scenarios are made of plans that are not public: they are for staff",
    ),
    "scenario_changed": Message(
        "มีการแก้ทางเลือกนี้ไปแล้วจากหน้าต่างอื่น",
        "The scenario was changed in another window",
        "โหลดหน้าใหม่แล้วแก้อีกครั้ง",
        "Load the page again",
    ),
    "scenario_name": Message("ตั้งชื่อทางเลือก 1 ถึง 200 ตัวอักษร", "Give the scenario a name of 1 to 200 characters"),
    "scenario_note": Message("หมายเหตุยาวได้ 2,000 ตัวอักษร", "A note has at most 2,000 characters"),
    "scenario_choice": Message("{field} เลือกได้เฉพาะ {allowed}", "{field} may be one of {allowed}"),
    "scenario_area": Message(
        "ทางเลือกหนึ่งครอบคลุมได้ไม่เกินหนึ่งจังหวัด",
        "A scenario covers at most one province",
        "เลือกจังหวัด อำเภอ หรือตำบลที่มีในระบบ ทั้งประเทศให้ผู้ดูแลระบบใช้ ./eplan analyse next",
        "Choose a province, an amphoe or a tambon that is loaded; for the nation there is ./eplan analyse next",
    ),
    "scenario_distance": Message(
        "ระยะที่ถือว่าเข้าถึงต้องอยู่ระหว่าง {least} ถึง {most} ม.",
        "The distance that counts as access is {least} to {most} m",
    ),
    "scenario_budget": Message(
        "วงเงินต้องมากกว่า 0 บาท และไม่เกินหนึ่งล้านล้านบาท",
        "The budget is more than 0 and at most a million million baht",
        "ใส่วงเงินเป็นบาทเต็ม เช่น 5,000,000",
        "Type whole baht, such as 5,000,000",
    ),
    "scenario_unit_cost": Message(
        "ค่าก่อสร้างต่อหน่วยต้องมากกว่า 0 บาท เมื่อเสนองานใหม่ด้วย",
        "The cost of a new work is more than 0 baht where new works are offered",
    ),
    "scenario_cost_unknown": Message(
        "ไม่มีงานก่อสร้างใหม่ชนิด{type}ที่มีวงเงินครบ {least} งานในประเทศ จึงไม่รู้ราคา",
        "Fewer than {least} new works of the type {type} with a budget are known, so nobody knows the price",
        "ใส่ราคางานที่ระบบเสนอเอง เลือกชนิดอื่น หรือเลือกเฉพาะโครงการในแผน",
        "Say the price of new works, choose another type, or planned projects only",
    ),
    "scenario_cost_median_road": Message(
        "ถนนที่ระบบเสนอ ({type}) ราคา {baht:,} บาทต่อกิโลเมตร เป็นมัธยฐานของงานก่อสร้างใหม่ {count:,} งานใน{place} ปีงบ {years}",
        "New roads ({type}) cost {baht:,} baht a kilometre: the median of {count:,} new works in {place}, {years}",
    ),
    "scenario_cost_median_water": Message(
        "แหล่งน้ำที่ระบบเสนอ ({type}) ราคา {baht:,} บาทต่อแห่ง เป็นมัธยฐานของงานก่อสร้างใหม่ {count:,} งานใน{place} ปีงบ {years}",
        "New water sources ({type}) cost {baht:,} baht: the median of {count:,} new works in {place}, years {years}",
    ),
    "scenario_cost_typed_road": Message(
        "ถนนที่ระบบเสนอ ({type}) ราคา {baht:,} บาทต่อกิโลเมตร ตามที่ผู้คำนวณกำหนด",
        "New roads ({type}) cost {baht:,} baht a kilometre, as whoever asked said",
    ),
    "scenario_cost_typed_water": Message(
        "แหล่งน้ำที่ระบบเสนอ ({type}) ราคา {baht:,} บาทต่อแห่ง ตามที่ผู้คำนวณกำหนด",
        "New water sources ({type}) cost {baht:,} baht, as whoever asked said",
    ),
    "scenario_seconds": Message("ให้เวลาคำนวณได้ 1 ถึง {most} วินาที", "The time to compute is 1 to {most} seconds"),
    "scenario_closed_many": Message("เลิกใช้ได้ไม่เกิน {most} งาน", "At most {most} works can be taken out of use"),
    "scenario_closed_unknown": Message(
        "ไม่พบโครงการของด้านนี้: {codes}",
        "No projects of this kind: {codes}",
        "ใช้รหัสโครงการ คั่นด้วยจุลภาคหรือขึ้นบรรทัดใหม่",
        "Use project codes, separated by commas or lines",
    ),
    "scenario_closed_without_effect": Message(
        "งานที่จะเลิกใช้เหล่านี้ไม่มีผลต่อคำตอบ: {codes}",
        "Taking these works out of use changes nothing here: {codes}",
        "งานนั้นอยู่นอกระยะของพื้นที่นี้ ยังไม่แล้วเสร็จ หรือยังไม่มีพิกัด เลือกพื้นที่ที่ครอบคลุมงานนั้น",
        "They lie out of reach of the area, do not stand yet or have no place; choose an area that holds them",
    ),
    "scenario_no_organisation": Message(
        "บัญชีนี้ไม่ได้อยู่กับ อปท. ใด จึงแบ่งปันให้คนใน อปท. ไม่ได้",
        "This account belongs to no organisation to share with",
        "เลือกจังหวัดหรือเจ้าหน้าที่ทุกคน",
        "Share with the province or with all staff",
    ),
    "scenario_no_people": Message(
        "ไม่มีคนที่ยังขาดการเข้าถึงให้งานใดไปถึง: ทุกหมู่บ้านที่รู้จุดและจำนวนคนเข้าถึงแล้ว หรือไม่มีข้อมูลประชากร",
        "There is nobody without access to be reached: every village with a known point and people has it, or no people"
        " are known",
    ),
    "scenario_no_candidates": Message(
        "ไม่มีงานให้เลือก: ไม่มีโครงการในแผนที่มีพิกัดและราคา และไม่มีจุดที่เสนองานใหม่ได้",
        "There is nothing to choose from: no planned project with coordinates and a price, nowhere to offer a new work",
        "กำหนดพิกัดโครงการในแผน หรือให้เสนองานใหม่ด้วย",
        "Give planned projects coordinates, or let new works be offered",
    ),
    "scenario_no_budget": Message(
        "วงเงินน้อยกว่างานที่ถูกที่สุด จึงทำงานใดไม่ได้",
        "The budget is less than the cheapest work costs, so nothing can be done",
        "เพิ่มวงเงิน",
        "Raise the budget",
    ),
    "scenario_nothing_to_gain": Message(
        "งานที่อยู่ในวงเงินไม่ทำให้ใครเข้าถึงเพิ่ม",
        "No work within the budget brings anybody within reach",
    ),
    "scenario_without_cost": Message(
        "โครงการในแผน {count:,} โครงการไม่มีวงเงิน จึงไม่นำมาเลือก",
        "{count:,} planned projects have no amount and were left out",
    ),
    "scenario_grants": Message(
        "โครงการอุดหนุนหน่วยงานอื่น {count:,} โครงการไม่นำมาเลือก เพราะงานเป็นของผู้รับ",
        "{count:,} grants to other agencies were left out: the work is the receiver's",
    ),
    "access_raster": Message(
        "นับคนจากแรสเตอร์ {title} ช่องละ {metres:,.0f} ม. ที่มีคน {pixels:,} ช่อง ไม่ใช่จากหมู่บ้าน",
        "People are counted by {pixels:,} inhabited pixels of {metres:,.0f} m of the raster {title}, not by villages",
    ),
    "access_raster_partly": Message(
        "แรสเตอร์ {title} ไม่คลุมทั้งพื้นที่ คนนอกแรสเตอร์ไม่ถูกนับ",
        "The raster {title} does not cover the whole area: people beyond it are not counted",
    ),
    "access_raster_empty": Message(
        "แรสเตอร์ {title} ไม่มีคนในพื้นที่นี้ จึงบอกไม่ได้ว่าใครเข้าถึง",
        "The raster {title} has no people in this area, so nobody can say who has access",
        "เลือกพื้นที่หรือแรสเตอร์อื่น หรือนับจากหมู่บ้าน",
        "Choose another area or raster, or count by villages",
    ),
    "access_raster_kind": Message(
        "แรสเตอร์ {title} ไม่ได้เก็บจำนวนคน",
        "The raster {title} does not hold people",
        "เลือกแรสเตอร์ประเภทประชากร",
        "Choose a raster of the kind population",
    ),
    "access_raster_large": Message(
        "พื้นที่นี้มีราว {pixels:,} ช่องของแรสเตอร์ หน้าเว็บตอบได้ไม่เกิน {most:,} ช่อง",
        "The raster has about {pixels:,} pixels here; a page answers up to {most:,}",
        "เลือกอำเภอหรือตำบล หรือให้ผู้ดูแลระบบใช้คำสั่ง ./eplan analyse access --raster",
        "Choose an amphoe or a tambon, or ask an administrator for ./eplan analyse access --raster",
    ),
    "raster_population_unreadable": Message(
        "อ่านราสเตอร์ประชากรไม่ได้: {reason}",
        "The population raster cannot be read: {reason}",
        "ใช้ GeoTIFF ที่มีระบบพิกัด ไม่หมุน และแถบแรกเป็นจำนวนคนต่อจุดภาพ ไม่ติดลบ",
        "Use a GeoTIFF with a coordinate system, not rotated, whose first band is people per pixel and never negative",
    ),
}
