"""Messages about reference data: boundaries, organisations, population, villages, budget lines."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Files
    "reference_unreadable": Message(
        "อ่านไฟล์ {file} ไม่ได้: {reason}",
        "The file {file} cannot be read: {reason}",
        "ตรวจว่าไฟล์ครบและเป็นชนิดที่คำสั่งนี้รับ",
        "Check that the file is complete and of a type that this command takes",
    ),
    "reference_column_missing": Message(
        "ไฟล์ {file} ไม่มีคอลัมน์ {field}",
        "The file {file} has no column {field}",
        "ใช้ไฟล์ตามที่ผู้เผยแพร่ให้มา ไม่ต้องเปลี่ยนชื่อคอลัมน์",
        "Use the publisher's file with its own column names",
    ),
    "reference_crs": Message(
        "ไฟล์ {file} ใช้ระบบพิกัด {crs}",
        "The file {file} is in {crs}",
        "แปลงเป็น EPSG:4326 ก่อน",
        "Convert it to EPSG:4326 first",
    ),
    "reference_layers": Message(
        "ไฟล์ {file} ไม่มีชั้น province, amphoe หรือ tambon มีแต่ {layers}",
        "The file {file} has no layer province, amphoe or tambon, only {layers}",
    ),
    # Areas and villages
    "area_twice": Message("รหัสพื้นที่ {area} ซ้ำ {times} ครั้ง", "The area code {area} occurs {times} times"),
    "area_not_polygon": Message("พื้นที่ {area} ไม่ใช่รูปปิดหรือว่างเปล่า", "The area {area} is no polygon, or empty"),
    "area_invalid": Message("รูปของพื้นที่ {area} ไม่ถูกต้อง: {reason}", "The shape of area {area} is invalid: {reason}"),
    "area_outside_thailand": Message("พื้นที่ {area} อยู่นอกประเทศไทย", "The area {area} lies outside Thailand"),
    "area_parent_unknown": Message(
        "ไม่พบพื้นที่ {parent} ที่ {area} สังกัด",
        "The area {parent} above {area} is unknown",
        "โหลดระดับที่สูงกว่าก่อนด้วย eplan load areas",
        "Load the level above first with eplan load areas",
    ),
    "village_obsolete": Message("หมู่บ้านรหัส {area} เลิกใช้แล้ว", "The village code {area} is no longer in use"),
    "village_code_missing": Message(
        "จุดหมู่บ้าน {count} จุดไม่มีรหัส ใช้เป็นจุดของหมู่บ้านใดหมู่บ้านหนึ่งในตำบล",
        "{count} village points have no code and stand for some village of their tambon",
    ),
    "village_code_twice": Message(
        "จุดหมู่บ้าน {count} จุดใช้รหัสเดียวกับจุดอื่น", "{count} village points share their code with another point"
    ),
    # Organisations
    "road_not_found": Message(
        "ไม่พบสายทาง {route_code} ในทะเบียน",
        "The road {route_code} is not in the register",
        "ตรวจรหัส หรือวาดแนวเอง",
        "Check the code, or draw the line",
    ),
    "roads_without_codes": Message(
        "ไฟล์ไม่มีคอลัมน์รหัสสายทาง (พบ {columns})",
        "The file has no column of route codes (found {columns})",
        "รหัสเขียนแบบ นค.ถ.28-003",
        "Codes are written like นค.ถ.28-003",
    ),
    "road_repeated": Message("รหัสสายทาง {text} ซ้ำในไฟล์", "The route code {text} is in the file twice"),
    "road_not_one_line": Message("สายทาง {text} ไม่ใช่เส้นเดียวต่อเนื่อง", "The road {text} is not one continuous line"),
    "chainage_beyond_road": Message(
        "กม. {given} เลยปลายสายทาง (ยาว {length})",
        "Chainage {given} is beyond the end of the road ({length})",
        "ตรวจกม. หรือรหัสสายทาง",
        "Check the chainage or the route code",
    ),
    "chainage_empty": Message(
        "กม. เริ่มต้นและสิ้นสุดเป็นจุดเดียวกัน ({given})",
        "Both ends are the same place ({given})",
        "แก้ กม. เริ่มต้นหรือสิ้นสุด",
        "Mend the start or the end",
    ),
    "organisation_not_found": Message(
        "ไม่พบ อปท. รหัส {organisation}",
        "There is no organisation with the code {organisation}",
        "ใช้รหัสที่แสดงในหน้าโครงการ",
        "Use the code that project pages show",
    ),
    "organisation_twice": Message(
        "รหัส อปท. {organisation} ซ้ำ {times} ครั้ง", "The organisation code {organisation} occurs {times} times"
    ),
    "organisation_type_unknown": Message("ไม่รู้จักประเภท อปท. {type}", "Unknown type of organisation {type}"),
    "organisation_point": Message(
        "พิกัดที่ตั้งไม่ใช่ตัวเลข: {lat}, {lon}", "The office's coordinates are no numbers: {lat}, {lon}"
    ),
    "organisation_area_unknown": Message(
        "{organisation} อยู่ในพื้นที่ {area} ซึ่งยังไม่มีในระบบ",
        "{organisation} lies in {area}, which is not loaded",
        "โหลดเขตการปกครองก่อนด้วย eplan load areas",
        "Load the areas first with eplan load areas",
    ),
    "coverage_organisation_unknown": Message(
        "ไม่พบ อปท. ของเขต {host} (ตำบล {area})", "No organisation for host {host} (tambon {area})"
    ),
    "coverage_tambon_unknown": Message("ไม่มีตำบลรหัส {area} ในระบบ", "The tambon {area} is not loaded"),
    "coverage_extent_unknown": Message("ไม่รู้จักลักษณะการครอบคลุม {extent}", "Unknown extent of coverage {extent}"),
    # Population
    "population_area_unknown": Message(
        "ไม่มีพื้นที่ {area} {name} ในระบบ จึงไม่รับประชากรปี {year}",
        "The area {area} {name} is not loaded, so its people of {year} are not taken",
    ),
    "population_missing": Message(
        "พื้นที่ {area} {name} ไม่มีจำนวนคนของปี {year}", "The area {area} {name} has no number of people for {year}"
    ),
    "population_twice": Message(
        "ประชากรของพื้นที่ {area} {name} ปี {year} มีมากกว่าหนึ่งแถว",
        "The people of {area} {name} in {year} stand in more than one row",
    ),
    # Budget lines
    "budget_line_twice": Message("รายการ {line} ซ้ำ", "The line {line} occurs more than once"),
    "budget_line_empty": Message("รายการ {line} ไม่มีข้อความ", "The line {line} has no text"),
    "budget_line_year": Message("ปีงบประมาณอ่านไม่ได้: {year}", "The fiscal year cannot be read: {year}"),
    "budget_lines_need_areas": Message(
        "ยังไม่มีเขตการปกครองในระบบ",
        "The areas are not loaded",
        "เรียก eplan load areas และ eplan load organisations ก่อน",
        "Run eplan load areas and eplan load organisations first",
    ),
}
