"""Sentences about pairs of works at one place: their classes, the reasons, and what is refused of a file."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Classes
    "overlap_class_same_work": Message("งานเดียวกัน ตั้งงบซ้ำ", "The same work, funded twice"),
    "overlap_class_continuation": Message("งานต่อเนื่อง", "Continuation"),
    "overlap_class_repair": Message("ซ่อมของเดิม", "Repair of what is there"),
    "overlap_class_upgrade": Message("ยกระดับผิวทาง", "Upgrade of the surface"),
    "overlap_class_joint": Message("ทำร่วมกัน", "Joint project"),
    "overlap_class_crossing": Message("ตัดกันหรือบรรจบกัน", "Crossing only"),
    "overlap_class_near": Message("อยู่ใกล้กัน", "Near each other"),
    # What makes a class
    "overlap_ends_meet": Message(
        "เริ่มต่อจากปลายของอีกงานหนึ่ง (ห่างกัน {distance_m} ม.)", "Begins where the other ends ({distance_m} m between them)"
    ),
    "overlap_phase_one_sided": Message(
        "ชื่อหนึ่งระบุระยะหรือช่วง อีกชื่อไม่ระบุ", "One name says which phase it is, the other does not"
    ),
    "overlap_phase_differs": Message("ชื่อระบุคนละระยะหรือคนละช่วง", "The names say different phases"),
    "overlap_same_plan_line": Message(
        "โครงการเดียวกันในแผน แต่คนละปีงบประมาณ", "The same line of the plan, in another fiscal year"
    ),
    "overlap_joint_declared": Message("ประกาศเป็นโครงการร่วมกันไว้แล้ว", "Declared as a joint project"),
    "overlap_joint_named": Message("ชื่อโครงการบอกว่าทำร่วมกัน", "The name says that it is done together"),
    "overlap_grant": Message(
        "เงินอุดหนุนจาก {giver} ให้ {receiver} จึงนับเงินครั้งเดียว",
        "A grant from {giver} to {receiver}: the money counts once",
    ),
    "overlap_upgrade": Message(
        "งานหลังเปลี่ยนผิวจาก{before}เป็น{after} ห่างกัน {years} ปี",
        "The later work changes the surface from {before_en} to {after_en}, {years} years after",
    ),
    "overlap_repair": Message(
        "งานหลังเป็นงานซ่อมหรือปรับปรุงหลังผ่านไป {years} ปี (พ้นประกัน {warranty} ปี)",
        "The later work repairs or improves it {years} years after (warranty of {warranty} years is over)",
    ),
    "overlap_repair_in_warranty": Message(
        "ซ่อมภายในระยะประกัน {warranty} ปี ควรให้ผู้รับจ้างเดิมแก้ไข",
        "Repaired within the warranty of {warranty} years: the first contractor should mend it",
    ),
    "overlap_not_mended": Message(
        "งานหลังไม่ได้บอกว่าซ่อมหรือปรับปรุง จึงไม่นับเป็นงานซ่อม",
        "The later work does not say that it repairs or improves, so it is no repair",
    ),
    "overlap_within_warranty": Message(
        "บอกว่าซ่อมหรือปรับปรุง แต่ห่างกัน {years} ปี ยังไม่พ้นประกัน {warranty} ปี จึงไม่นับเป็นงานซ่อม",
        "It says repair or improvement, but {years} years after (warranty of {warranty} years): no repair",
    ),
    "overlap_mended_at_once": Message(
        "บอกว่าซ่อมหรือปรับปรุง แต่อยู่ในปีงบประมาณเดียวกัน จึงไม่นับเป็นงานซ่อม",
        "It says repair or improvement, but in the same fiscal year: no repair",
    ),
    "overlap_rebuilt": Message("สร้างใหม่หลังผ่านไป {years} ปี", "Built again {years} years after"),
    "overlap_crosses": Message("สองเส้นตัดกันทำมุม {angle_deg} องศา", "The two lines cross at {angle_deg} degrees"),
    "overlap_branches": Message(
        "เส้นหนึ่งแยกออกจากอีกเส้นหนึ่งทำมุม {angle_deg} องศา", "One line branches off the other at {angle_deg} degrees"
    ),
    # How the shapes lie
    "overlap_shared_length": Message(
        "แนวซ้อนกัน {shared_m} ม. คิดเป็น {percent} % ของสายที่สั้นกว่า",
        "They share {shared_m} m, {percent} % of the shorter line",
    ),
    "overlap_shared_wide": Message(
        "แนวซ้อนกัน {shared_m} ม. คิดเป็น {percent} % ของสายที่สั้นกว่า เมื่อยอมให้พิกัดคลาดเคลื่อน {within_m} ม.",
        "They share {shared_m} m, {percent} % of the shorter line, if the coordinates may be off by {within_m} m",
    ),
    "overlap_apart": Message("แนวที่ซ้อนกันห่างกันเฉลี่ย {apart_m} ม.", "The shared lines are {apart_m} m apart on average"),
    "overlap_alongside": Message("แนวขนานกัน ห่างกันเฉลี่ย {apart_m} ม.", "They run side by side, {apart_m} m apart"),
    "overlap_chainage": Message(
        "ช่วงบนสายทาง {route} ซ้อนกัน {shared_m} ม.", "Their stretches of the route {route} share {shared_m} m"
    ),
    "overlap_shared_area": Message("พื้นที่ซ้อนกัน {percent} % ของแปลงที่เล็กกว่า", "They share {percent} % of the smaller area"),
    "overlap_inside": Message("งานหนึ่งอยู่ในพื้นที่ของอีกงานหนึ่ง", "One lies within the other"),
    "overlap_touches": Message("อยู่ติดกัน", "They touch"),
    "overlap_distance": Message("อยู่ห่างกัน {distance_m} ม.", "They are {distance_m} m apart"),
    "overlap_no_place": Message("อย่างน้อยหนึ่งงานยังไม่มีพิกัด", "At least one of the two has no coordinates"),
    # What the records say
    "overlap_name_same": Message("ชื่อตรงกัน", "The names are the same"),
    "overlap_name_near": Message("ชื่อใกล้เคียงกัน {percent} %", "The names are {percent} % alike"),
    "overlap_name_differs": Message("ชื่อต่างกัน (เหมือน {percent} %)", "The names differ ({percent} % alike)"),
    "overlap_village_same": Message("หมู่ที่เดียวกัน", "The same village number"),
    "overlap_village_differs": Message("คนละหมู่", "Different village numbers"),
    "overlap_soi_same": Message("ซอยหรือสายเดียวกัน", "The same soi or line"),
    "overlap_soi_differs": Message("คนละซอยหรือคนละสาย", "Another soi or line"),
    "overlap_ordinal_differs": Message("คนละจุด คนละบ่อ หรือคนละแห่ง", "Another one of several: another number"),
    "overlap_house_differs": Message("ชื่อหมู่บ้านไม่ตรงกัน", "Different villages are named"),
    "overlap_route_same": Message("รหัสสายทางเดียวกัน", "The same route code"),
    "overlap_route_differs": Message("รหัสสายทางต่างกัน", "Different route codes"),
    "overlap_length_same": Message("ความยาวในชื่อตรงกัน", "The names say the same length"),
    "overlap_water_same": Message("แหล่งน้ำประเภทเดียวกัน", "The same kind of water source"),
    "overlap_water_differs": Message("แหล่งน้ำคนละประเภท", "Different kinds of water source"),
    "overlap_kind_differs": Message("บันทึกไว้คนละด้าน (ถนน น้ำ หรืออื่น ๆ)", "Recorded as different sectors"),
    "overlap_budget_same": Message("งบประมาณเท่ากัน {amount_baht} บาท", "The same budget, {amount_baht} baht"),
    "overlap_budget_near": Message("งบประมาณใกล้เคียงกัน (ต่างกัน {percent} %)", "Similar budgets ({percent} % apart)"),
    "overlap_budget_differs": Message("งบประมาณต่างกัน {percent} %", "The budgets differ by {percent} %"),
    "overlap_year_same": Message("ปีงบประมาณเดียวกัน ({year})", "The same fiscal year ({year})"),
    "overlap_years_apart": Message(
        "ห่างกัน {years} ปีงบประมาณ ({earlier} กับ {later})", "{years} fiscal years apart ({earlier} and {later})"
    ),
    "overlap_organisation_same": Message("หน่วยงานเดียวกัน", "The same organisation"),
    "overlap_organisation_differs": Message("คนละหน่วยงาน", "Different organisations"),
    "duplicates_comparing": Message("เปรียบเทียบงานเป็นคู่", "Comparing works in pairs"),
    # What is refused of a file
    "duplicates_columns": Message(
        "ไม่พบคอลัมน์ {needed} คอลัมน์ในไฟล์คือ {columns}",
        "There is no column {needed}; the file has {columns}",
        "ตั้งชื่อหัวคอลัมน์ให้ตรง แล้วส่งใหม่",
        "Name the columns so and send it again",
    ),
    "duplicates_no_crs": Message(
        "ไม่ทราบระบบพิกัดของไฟล์ (อาจเป็น {candidates})",
        "The coordinate system of the file is not known (it may be {candidates})",
        "ระบุด้วย --epsg",
        "Say which with --epsg",
    ),
    "duplicates_too_many_rows": Message(
        "ไฟล์มีมากกว่า {limit} แถว", "The file has more than {limit} rows", "แบ่งไฟล์เป็นหลายไฟล์", "Divide the file"
    ),
    "duplicates_id_missing": Message("แถวนี้ไม่มี id", "The row has no id", "เติมรหัสที่ไม่ซ้ำกัน", "Give it an id of its own"),
    "duplicates_id_twice": Message(
        "id {text} ซ้ำกับแถว {first}", "The id {text} is that of row {first} too", "ใช้รหัสที่ไม่ซ้ำกัน", "Use different ids"
    ),
    "duplicates_organisation_missing": Message(
        "แถวนี้ไม่มีหน่วยงาน (organisation)", "The row has no organisation", "เติมรหัสหรือชื่อ อปท.", "Give a code or a name"
    ),
    "duplicates_name_missing": Message(
        "แถวนี้ไม่มีชื่อ (name)", "The row has no name", "เติมชื่อโครงการ", "Give the name of the project"
    ),
    "duplicates_year_unreadable": Message(
        "อ่านปีงบประมาณ {text} ไม่ได้",
        "The fiscal year {text} cannot be read",
        "เขียนเป็น พ.ศ. เช่น 2569",
        "Write it as 2569 (B.E.)",
    ),
    "duplicates_kind_unknown": Message(
        "ไม่รู้จักประเภท {text}", "The kind {text} is not known", "ใช้ road, water หรือ other", "Use road, water or other"
    ),
    "duplicates_geometry_missing": Message(
        "แถวนี้ไม่มีรูปทรงหรือรูปทรงว่าง จึงเทียบตำแหน่งไม่ได้",
        "The row has no geometry, or an empty one: its place cannot be compared",
        "เติมพิกัด แล้วตรวจใหม่",
        "Give its coordinates and check again",
    ),
    "duplicates_geometry_invalid": Message(
        "รูปทรงไม่ถูกต้อง ({reason}) จึงใช้รูปที่ซ่อมแล้วในการเทียบ",
        "The geometry is not valid ({reason}); it was compared as mended",
        "แก้รูปทรงก่อนนำเข้า",
        "Mend it before the import",
    ),
    "duplicates_geometry_unusable": Message(
        "ใช้รูปทรงไม่ได้ ({reason})",
        "The geometry cannot be used ({reason})",
        "แก้รูปทรง แล้วตรวจใหม่",
        "Mend it and check again",
    ),
}
