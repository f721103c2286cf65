"""Messages about geometries, coordinates, amounts, dates and codes that a person gave (``gis``)."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # gis.checks: errors
    "geometry_empty": Message(
        "ยังไม่มีพิกัด", "There are no coordinates", "วาดบนแผนที่หรือพิมพ์พิกัด", "Draw on the map, or type coordinates"
    ),
    "not_finite": Message(
        "พิกัดมีค่าที่ไม่ใช่ตัวเลข (ช่วงที่ {segment} จุดที่ {vertex})",
        "A coordinate is not a number (segment {segment}, vertex {vertex})",
        "ลบจุดนั้นหรือใส่พิกัดใหม่",
        "Delete that vertex, or give it again",
    ),
    "outside_thailand": Message(
        "ช่วงที่ {segment} จุดที่ {vertex} อยู่นอกประเทศไทย ({x}, {y})",
        "Segment {segment}, vertex {vertex} lies outside Thailand ({x}, {y})",
        "ตรวจตัวเลข โซน และระบบพิกัด",
        "Check the digits, the zone and the coordinate system",
    ),
    "outside_thailand_swapped": Message(
        "ช่วงที่ {segment} จุดที่ {vertex} อยู่นอกประเทศไทย ลองจิจูดกับละติจูดน่าจะสลับกัน ({x}, {y})",
        "Segment {segment}, vertex {vertex} lies outside Thailand: longitude and latitude seem swapped ({x}, {y})",
        "สลับลองจิจูด (97-106) กับละติจูด (5-21)",
        "Swap longitude (97-106) and latitude (5-21)",
    ),
    "outside_thailand_metres": Message(
        "ช่วงที่ {segment} จุดที่ {vertex} เป็นตัวเลขหน่วยเมตร ไม่ใช่องศา ({x}, {y})",
        "Segment {segment}, vertex {vertex} holds metres, not degrees ({x}, {y})",
        "บอกระบบพิกัดของข้อมูล เช่น UTM โซน 47 (EPSG:32647)",
        "Name the coordinate system, for example UTM zone 47 (EPSG:32647)",
    ),
    "too_many_vertices": Message(
        "มีจุดมากเกินไป ({count} จุด) รับได้ไม่เกิน {limit} จุด",
        "Too many vertices ({count}); at most {limit}",
        "ลดจำนวนจุดของเส้นก่อนส่ง",
        "Simplify the line before sending it",
    ),
    "wrong_geometry_type": Message(
        "ช่วงที่ {segment} เป็น {given} แต่งานนี้ต้องเป็น {expected}",
        "Segment {segment} is drawn as: {given}; this work needs: {expected}",
        "วาดถนนและคลองเป็นเส้นตามแนวจริง",
        "Draw roads and canals as lines along their course",
    ),
    "polygon_self_crossing": Message(
        "ขอบของพื้นที่ช่วงที่ {segment} ตัดกันเองที่ {lon}, {lat}",
        "The outline of segment {segment} crosses itself at {lon}, {lat}",
        "ย้ายจุดให้ขอบไม่ตัดกัน",
        "Move the vertices so that the outline does not cross",
    ),
    "polygon_invalid": Message(
        "พื้นที่ช่วงที่ {segment} ไม่ถูกต้อง: {reason}",
        "The polygon of segment {segment} is not valid: {reason}",
        "วาดพื้นที่ใหม่ หรือแก้ช่องว่างภายในให้อยู่ในขอบนอก",
        "Draw it again, or keep the holes inside the outline",
    ),
    "zero_length": Message(
        "เส้นช่วงที่ {segment} ไม่มีความยาว ทุกจุดอยู่ที่เดียวกัน",
        "The line of segment {segment} has no length: all its vertices are in one place",
        "เพิ่มจุดปลายของเส้น",
        "Add the other end of the line",
    ),
    "zero_area": Message(
        "พื้นที่ช่วงที่ {segment} ไม่มีเนื้อที่",
        "The polygon of segment {segment} has no area",
        "เพิ่มจุดให้เป็นรูปปิดอย่างน้อยสามมุม",
        "Add vertices: at least three corners",
    ),
    "far_from_territory": Message(
        "ช่วงที่ {segment} อยู่ห่างจากเขตขององค์กร {distance_km} กม. เกินกว่า {limit_km} กม.",
        "Segment {segment} is {distance_km} km from the organisation's territory, more than {limit_km} km",
        "ตรวจโซน UTM (47 หรือ 48) ตัวเลขที่ขาด และลำดับลองจิจูด/ละติจูด",
        "Check the UTM zone (47 or 48), missing digits and the order of longitude and latitude",
    ),
    # gis.checks: warnings
    "outside_territory": Message(
        "ช่วงที่ {segment} อยู่นอกเขตขององค์กร {distance_km} กม.",
        "Segment {segment} lies {distance_km} km outside the organisation's territory",
        "ตรวจพิกัด หรือบันทึกเหตุผลหากเป็นโครงการร่วม",
        "Check the coordinates, or note the reason when it is a joint project",
    ),
    "crosses_territory": Message(
        "ช่วงที่ {segment} ออกนอกเขตขององค์กร ร้อยละ {share_percent} ของช่วง",
        "{share_percent} % of segment {segment} lies outside the organisation's territory",
        "ตรวจแนวเส้น หรือบันทึกเหตุผลหากเป็นโครงการร่วม",
        "Check its course, or note the reason when it is a joint project",
    ),
    "unexpected_geometry_type": Message(
        "ช่วงที่ {segment} เป็น {given} งานชนิดนี้มักเป็น {expected}",
        "Segment {segment} is drawn as: {given}; usual for works of this type: {expected}",
        "วาดตามรูปจริงหากทำได้ เพื่อให้วัดความยาวหรือเนื้อที่ได้",
        "Draw its true shape if you can, so that it can be measured",
    ),
    "duplicate_vertices": Message(
        "ช่วงที่ {segment} มีจุดซ้ำกัน {count} จุด เริ่มที่จุดที่ {vertex}",
        "Segment {segment} repeats {count} vertices, the first at vertex {vertex}",
        "ลบจุดที่ซ้ำ",
        "Delete the repeated vertices",
    ),
    "line_self_crossing": Message(
        "เส้นช่วงที่ {segment} ตัดตัวเองที่ {lon}, {lat}",
        "The line of segment {segment} crosses itself at {lon}, {lat}",
        "ตรวจลำดับของจุด หรือแยกเป็นหลายช่วง",
        "Check the order of the vertices, or split it into segments",
    ),
    "spike": Message(
        "ช่วงที่ {segment} มีจุดแหลมย้อนกลับที่จุดที่ {vertex} ({count} แห่ง)",
        "Segment {segment} doubles back at vertex {vertex} ({count} places)",
        "ลบจุดปลายแหลม",
        "Delete the vertex at the tip",
    ),
    "long_jump": Message(
        "ช่วงที่ {segment} กระโดดไกล {distance_m} ม. หลังจุดที่ {vertex}",
        "Segment {segment} jumps {distance_m} m at vertex {vertex}",
        "ตรวจตัวเลขของจุดนั้น อาจขาดหรือเกินหนึ่งหลัก",
        "Check the digits of that vertex: one may be missing or wrong",
    ),
    "segment_count_differs": Message(
        "มี {given} ช่วง แต่โครงการระบุ {expected} ช่วง",
        "There are {given} segments; the project has {expected}",
        "แยกหรือรวมเส้นให้ตรงกับแบบ",
        "Split or join the lines as in the specification",
    ),
    "segment_repeated": Message(
        "ช่วงที่ {segment} ซ้ำกับช่วงที่ {same_as}",
        "Segment {segment} repeats segment {same_as}",
        "ลบช่วงที่ซ้ำ",
        "Delete the repeated segment",
    ),
    "ends_apart": Message(
        "ปลายช่วงที่ {segment} ห่างช่วงที่ {other} อยู่ {gap_m} ม. ยังไม่ต่อกัน",
        "An end of segment {segment} stops {gap_m} m short of segment {other}",
        "ต่อปลายให้ชนกัน หากเป็นถนนหรือคลองสายเดียวกัน",
        "Join them when it is one road or canal",
    ),
    "too_short": Message(
        "ช่วงที่ {segment} ยาวเพียง {length_m} ม.",
        "Segment {segment} is only {length_m} m long",
        "ลบช่วงนี้ หรือวาดต่อให้ครบ",
        "Delete it, or draw it to its end",
    ),
    "length_differs": Message(
        "ความยาวที่วาด {length_m} ม. ต่างจากสัญญา {contract_length_m} ม. ร้อยละ {difference_percent}",
        "The drawn length of {length_m} m differs from the contract's {contract_length_m} m by {difference_percent} %",
        "ตรวจจุดเริ่มและจุดสิ้นสุด หรือบันทึกเหตุผล",
        "Check where it starts and ends, or note the reason",
    ),
    # gis.geojson
    "geojson_not_an_object": Message(
        "{path} ต้องเป็นวัตถุ GeoJSON", "{path} has to be a GeoJSON object", "ส่งเรขาคณิตตาม RFC 7946", "Send RFC 7946"
    ),
    "geojson_unknown_type": Message(
        "{path}: ไม่รู้จักชนิด {type}",
        "{path}: unknown type {type}",
        "ใช้ Point, LineString, Polygon, Multi*, GeometryCollection, Feature หรือ FeatureCollection",
        "Use Point, LineString, Polygon, Multi*, GeometryCollection, Feature or FeatureCollection",
    ),
    "geojson_bad_coordinates": Message(
        "{path} ต้องเป็นรายการพิกัด", "{path} has to be a list of coordinates", "ตรวจวงเล็บเหลี่ยม", "Check the brackets"
    ),
    "geojson_bad_position": Message(
        "{path} ต้องเป็น [ลองจิจูด, ละติจูด]", "{path} has to be [longitude, latitude]", "ใส่ตัวเลขสองตัว", "Give two numbers"
    ),
    "geojson_not_a_number": Message(
        "{path} ไม่ใช่ตัวเลข: {value}", "{path} is not a number: {value}", "เอาเครื่องหมายคำพูดออก", "Take the quotes away"
    ),
    "geojson_not_degrees": Message(
        "{path} ไม่ใช่องศา ({x}, {y})",
        "{path} is not in degrees ({x}, {y})",
        "GeoJSON ใช้ WGS 84 ลองจิจูด/ละติจูดเท่านั้น แปลงจาก UTM ก่อน หรือนำเข้าเป็นไฟล์แล้วเลือกระบบพิกัด",
        "GeoJSON is WGS 84 longitude/latitude only: convert from UTM, or import it as a file and choose the system",
    ),
    "geojson_line_too_short": Message(
        "{path}: เส้นต้องมีอย่างน้อยสองจุด", "{path}: a line needs two vertices", "เพิ่มจุด", "Add a vertex"
    ),
    "geojson_ring_too_short": Message(
        "{path}: ขอบพื้นที่ต้องมีอย่างน้อยสี่จุด", "{path}: a ring needs four positions", "เพิ่มจุด", "Add vertices"
    ),
    "geojson_ring_not_closed": Message(
        "{path}: ขอบพื้นที่ไม่ปิด",
        "{path}: the ring is not closed",
        "ให้จุดสุดท้ายเท่ากับจุดแรก",
        "Make the last position equal to the first",
    ),
    "geojson_too_deep": Message(
        "{path}: ซ้อนกันลึกเกิน {limit} ชั้น", "{path}: nested more than {limit} deep", "แยกเป็นหลายรายการ", "Flatten it"
    ),
    "geojson_too_many_segments": Message(
        "มี {count} ช่วง รับได้ไม่เกิน {limit} ช่วงต่อโครงการ",
        "There are {count} segments; at most {limit} a project",
        "แยกเป็นหลายโครงการ",
        "Split it into projects",
    ),
    "geojson_bad_features": Message(
        "{path} ต้องเป็นรายการ Feature", "{path} has to be a list of Features", "ตรวจรูปแบบ", "Check the document"
    ),
    "geojson_not_a_feature": Message(
        "{path} ไม่ใช่ Feature", "{path} is not a Feature", "ตรวจรูปแบบ", "Check the document"
    ),
    "geojson_bad_properties": Message(
        "{path} ต้องเป็นวัตถุ", "{path} has to be an object", "ใช้ {{}} เมื่อไม่มีค่า", "Use {{}} when there are none"
    ),
    "geojson_seq_repeated": Message(
        "ลำดับช่วง (seq) ซ้ำกัน", "Segment numbers (seq) are repeated", "ให้แต่ละช่วงมีเลขของตน", "Give each segment its own"
    ),
    "geojson_crs_member": Message(
        "ไฟล์ประกาศระบบพิกัด {crs} แต่ GeoJSON ต้องเป็น WGS 84",
        "The document declares {crs}, but GeoJSON has to be WGS 84",
        "แปลงเป็นลองจิจูด/ละติจูดแล้วเอาสมาชิก crs ออก",
        "Convert to longitude/latitude and take the crs member away",
    ),
    "geojson_crs_ignored": Message("สมาชิก crs ({crs}) ไม่จำเป็น", "The crs member ({crs}) is not needed"),
    "geojson_z_dropped": Message("ตัดค่าความสูงออก เก็บเฉพาะพิกัดราบ", "Heights were dropped; only two dimensions are kept"),
    # gis.thai
    "amount_missing": Message("ยังไม่มีจำนวนเงิน", "The amount is missing", "ใส่ตัวเลขเป็นบาท", "Give a number of baht"),
    "amount_unreadable": Message(
        "อ่านจำนวนเงินไม่ได้: {text}",
        "The amount cannot be read: {text}",
        "ใส่เฉพาะตัวเลข เช่น 1,632,820 หรือ 1632820.50",
        "Give digits only, for example 1,632,820 or 1632820.50",
    ),
    "amount_negative": Message(
        "จำนวนเงินติดลบ: {amount}", "The amount is negative: {amount}", "ใส่จำนวนตั้งแต่ 0", "Give 0 or more"
    ),
    "amount_too_precise": Message(
        "จำนวนเงินละเอียดเกินสตางค์: {amount}",
        "The amount is finer than satang: {amount}",
        "ใส่ทศนิยมไม่เกินสองตำแหน่ง",
        "Give at most two decimals",
    ),
    "amount_too_large": Message(
        "จำนวนเงินมากเกินไป: {amount}", "The amount is too large: {amount}", "ตรวจจำนวนหลัก", "Check the number of digits"
    ),
    "date_missing": Message("ยังไม่มีวันที่", "The date is missing", "ใส่เช่น 20 พ.ย. 2569", "Give for example 2026-11-20"),
    "date_unreadable": Message(
        "อ่านวันที่ไม่ได้: {text}",
        "The date cannot be read: {text}",
        "ใส่เช่น 20 พ.ย. 2569, 20/11/2569 หรือ 2026-11-20",
        "Give for example 20 พ.ย. 2569, 20/11/2569 or 2026-11-20",
    ),
    "date_impossible": Message(
        "ไม่มีวันที่นี้ในปฏิทิน: {text}", "There is no such day: {text}", "ตรวจวัน เดือน และปี", "Check day, month and year"
    ),
    "route_code_unreadable": Message(
        "รหัสสายทางไม่ถูกรูปแบบ: {text}",
        "The route code is not of the known form: {text}",
        "ใส่เช่น นค.ถ.28-003",
        "Give for example นค.ถ.28-003",
    ),
    # gis.coordinates
    "coordinates_missing": Message(
        "ยังไม่ได้ใส่พิกัด", "No coordinates were given", "ใส่เช่น 47P 673310 1520741", "Give for example 47P 673310 1520741"
    ),
    "coordinates_unreadable": Message(
        "อ่านพิกัดไม่ได้: {text}",
        "The coordinates cannot be read: {text}",
        "ใส่เช่น 15.8083, 102.0300 หรือ 15°48'30\" น. 102°1'48\" อ. หรือ 47P 673310 1520741",
        "Give for example 15.8083, 102.0300 or 15°48'30\"N 102°1'48\"E or 47P 673310 1520741",
    ),
    "coordinates_outside": Message(
        "พิกัดอยู่นอกประเทศไทย: {text}",
        "The coordinates lie outside Thailand: {text}",
        "ตรวจตัวเลขและโซน",
        "Check the digits and the zone",
    ),
    "coordinates_ambiguous": Message(
        "อ่านได้ {count} แบบ: {text}",
        "This can be read in {count} ways: {text}",
        "เลือกแบบที่ถูกจากแผนที่ หรือระบุโซน",
        "Choose the right one on the map, or name the zone",
    ),
    "coordinates_too_long": Message(
        "ข้อความยาวเกิน {limit} ตัวอักษร",
        "The text is longer than {limit} characters",
        "ใส่หนึ่งจุดต่อบรรทัด",
        "One point a line",
    ),
    "coordinates_short_link": Message(
        "ลิงก์ย่อไม่มีพิกัดอยู่ในตัวลิงก์",
        "A shortened link has no coordinates in it",
        "เปิดลิงก์แล้วคัดลอกที่อยู่เต็มจากแถบที่อยู่ หรือกดค้างที่หมุดเพื่อคัดลอกตัวเลข",
        "Open it and copy the full address, or press and hold on the pin and copy the numbers",
    ),
    "coordinates_link_without": Message(
        "ไม่พบพิกัดในลิงก์นี้",
        "There are no coordinates in this link",
        "กดค้างที่ตำแหน่งบนแผนที่แล้วคัดลอกตัวเลข เช่น 15.808367, 102.03",
        "Press and hold on the place and copy the numbers, such as 15.808367, 102.03",
    ),
    "coordinates_short_plus_code": Message(
        "Plus Code แบบสั้นต้องรู้ว่าอยู่ใกล้ที่ใด",
        "A short Plus Code needs to know what it is near to",
        "ใช้รหัสเต็ม เช่น 7P74R25J+9X",
        "Use the full code, such as 7P74R25J+9X",
    ),
    "coordinates_town_not_looked_up": Message(
        "ไม่ได้ค้นหาชื่อ {town} รหัส Plus Code แบบสั้นถูกเติมให้ใกล้พื้นที่ของ อปท.",
        "{town} was not looked up; the short Plus Code was completed near the organisation",
        "ตรวจบนแผนที่ หรือใช้รหัสเต็ม เช่น 7P74R25J+9X",
        "Check it on the map, or use the whole code such as 7P74R25J+9X",
    ),
    "coordinates_too_many_rows": Message(
        "ตารางยาวเกิน {limit} แถว", "The table has more than {limit} rows", "แยกเป็นหลายครั้ง", "Paste it in parts"
    ),
    # Reasons of a reading
    "reading_swapped_lonlat": Message(
        "ลองจิจูดกับละติจูดสลับกัน จึงอ่านกลับด้าน", "Longitude and latitude were swapped; read the other way round"
    ),
    "reading_swapped_en": Message("อ่านตัวเลขแรกเป็นค่าเหนือ (N)", "The first number was read as northing"),
    "reading_wrong_zone": Message(
        "โซนที่ระบุอยู่นอกประเทศไทย จึงอ่านเป็นอีกโซน", "The zone given lies outside Thailand; read in the other zone"
    ),
    "reading_zone_not_given": Message("ไม่ได้ระบุโซน อ่านได้ทั้งสองโซน", "No zone was given; both are possible"),
    "reading_zone_from_square": Message("หาโซนจากอักษรของช่องตาราง", "The zone was found from the square's letters"),
    "reading_band_differs": Message(
        "อักษรแถบไม่ตรงกับละติจูด", "The band letter is not the one of this latitude", "ตรวจค่าเหนือ (N)", "Check the northing"
    ),
    "reading_outside": Message("อยู่นอกประเทศไทย", "Outside Thailand"),
    # What the coordinate doctor says of a reading
    "doctor_as_given": Message("อ่านตามที่ให้มา (EPSG:{epsg})", "As given (EPSG:{epsg})"),
    "doctor_swapped_lonlat": Message("ลองจิจูดกับละติจูดสลับช่องกัน", "Longitude and latitude stand in each other's column"),
    "doctor_swapped_en": Message("ค่าตะวันออกกับค่าเหนือสลับช่องกัน", "Easting and northing stand in each other's column"),
    "doctor_wrong_zone": Message("ระบุโซนผิด ตัวเลขเป็นของ EPSG:{epsg}", "The zone is wrong: the numbers are EPSG:{epsg}"),
    "doctor_wrong_datum": Message(
        "ระบุพื้นหลักฐานผิด ตัวเลขเป็นของ EPSG:{epsg}", "The datum is wrong: the numbers are EPSG:{epsg}"
    ),
    "doctor_second_datum": Message(
        "ถ้าตัวเลขเป็น Indian 1975 (EPSG:{epsg}) จุดจะอยู่ที่นี่ จุดเดียวบอกไม่ได้ว่าเป็นพื้นหลักฐานใด",
        "If the numbers are Indian 1975 (EPSG:{epsg}) the point is here; one point alone cannot tell the datum",
    ),
    "doctor_datum_of_file": Message(
        "ทั้งไฟล์เข้าพื้นที่ได้ก็ต่อเมื่ออ่านเป็น EPSG:{epsg}", "All rows together fit only when read as EPSG:{epsg}"
    ),
    "doctor_datum_by_works": Message(
        "{on} จาก {points} จุดอยู่บนถนนหรือแหล่งน้ำที่รู้จักเมื่ออ่านเป็น {system_th} (อ่านตามไฟล์ได้ {on_as_given} จุด)",
        "{on} of {points} points lie on known roads and waters when read as {system_en} ({on_as_given} as given)",
        "เทียบบนแผนที่ ถ้าใช่ให้แก้ทุกแถวแบบนี้",
        "Compare on the map; if it is so, mend all rows like this",
    ),
    "doctor_datum_of_works": Message(
        "จุดทั้งไฟล์ตรงกับถนนหรือแหล่งน้ำที่รู้จักก็ต่อเมื่ออ่านเป็น EPSG:{epsg}",
        "All rows together lie on known roads and waters only when read as EPSG:{epsg}",
    ),
    "doctor_wrong_notation": Message(
        "ตัวเลขไม่ใช่ระบบที่ระบุ แต่เป็น EPSG:{epsg}", "The numbers are not of the system named but of EPSG:{epsg}"
    ),
    "doctor_dms_as_decimal": Message(
        "องศา-ลิปดา-ฟิลิปดาถูกพิมพ์เป็นทศนิยม", "Degrees, minutes and seconds were typed as a decimal"
    ),
    "doctor_missing_point": Message("จุดทศนิยมหายไป", "The decimal point is missing"),
    "doctor_missing_digit": Message(
        "ตัวเลขหายไปหนึ่งหลัก ตำแหน่งที่เป็นไปได้ห่างกันถึง {spread_m} ม.",
        "A digit is missing; the places that are possible lie up to {spread_m} m apart",
    ),
    "doctor_extra_digit": Message(
        "ตัวเลขเกินมาหนึ่งหลัก ตำแหน่งที่เป็นไปได้ห่างกันถึง {spread_m} ม.",
        "There is a digit too many; the places that are possible lie up to {spread_m} m apart",
    ),
    "doctor_missing_digit_at_one_place": Message("ตัวเลขหายไปหนึ่งหลัก", "A digit is missing"),
    "doctor_extra_digit_at_one_place": Message("ตัวเลขเกินมาหนึ่งหลัก", "There is a digit too many"),
    "doctor_truncated": Message(
        "ทศนิยมน้อยเกินไป ตำแหน่งคลาดเคลื่อนได้ราว 1 กม.", "Too few digits: the place is open by about a kilometre"
    ),
    "doctor_office_point": Message("เป็นพิกัดของสำนักงาน อปท.", "This is the office of the organisation"),
    "doctor_repeated_point": Message("พิกัดเดียวกันนี้ใช้กับหลายโครงการ", "The same point is given for several projects"),
    "doctor_outside": Message(
        "ไม่อยู่ในพื้นที่ที่ระบุ และไม่พบวิธีอ่านที่เข้าพื้นที่", "Not in the place named, and no reading was found that is"
    ),
    # What the report over stored coordinates finds and offers
    "surface_differs": Message(
        "ช่วงที่ {segment} ผิวตามที่วาด {surface_m2} ตร.ม. (กว้าง {width_m} ม.)"
        " ต่างจากสัญญา {contract_m2} ร้อยละ {difference_percent}",
        "Segment {segment}: {surface_m2} m² as drawn ({width_m} m wide),"
        " {difference_percent} % off the contract's {contract_m2}",
        "ตรวจความยาวที่วาด หรือความกว้างในสัญญา",
        "Check the drawn length, or the width in the contract",
    ),
    "overlaps_project": Message(
        "ทับแนว {name} ({organisation} ปีงบ {fiscal_year_be}) ยาว {shared_m} ม. ร้อยละ {share_percent}",
        "Runs along {name} ({organisation}, FY {fiscal_year_be}) for {shared_m} m, {share_percent} %",
        "ถ้าเป็นงานต่อเนื่องหรือซ่อม บันทึกไว้ ถ้าเป็นงานเดียวกัน อย่าส่งซ้ำ",
        "If it goes on from it or repairs it, note it; if it is the same work, do not send it again",
    ),
    "same_place_as_project": Message(
        "อยู่ที่เดียวกับ {name} ({organisation} ปีงบ {fiscal_year_be})",
        "At the same place as {name} ({organisation}, FY {fiscal_year_be})",
        "ตรวจว่าไม่ใช่งานเดียวกัน",
        "Check that it is not the same work",
    ),
    "outside_tambon": Message(
        "อยู่ห่างตำบลที่ระบุ {distance_km} กม.",
        "Lies {distance_km} km from the tambon that it is said to be in",
        "ตรวจพิกัด หรือแก้ตำบลของโครงการ",
        "Check the coordinates, or mend the project's tambon",
    ),
    "mend_drop_repeated": Message("ตัดจุดที่ซ้ำออก", "Without the repeated vertices"),
    "mend_drop_spike": Message("ตัดจุดที่ย้อนไปมาออก", "Without the vertices where the line turns back on itself"),
    "mend_drop_jump": Message("ตัดจุดที่กระโดดไปไกลออก", "Without the vertices that are far away"),
    "mend_reread_jump": Message("อ่านจุดที่กระโดดไปไกลใหม่", "With the far vertices read anew"),
    "mend_uncross": Message("เรียงลำดับจุดใหม่ เส้นไม่ตัดตัวเอง", "With the vertices in another order, not crossing itself"),
    "mend_cut_at_jump": Message("แยกเป็นสองช่วงตรงที่กระโดด", "Cut in two where it jumps"),
    "mend_join_ends": Message("ต่อปลายให้ชนกัน", "With its end joined to the other"),
    "answer_needs_reason": Message(
        "บอกเหตุผลว่าทำไมพิกัดนี้ถูกแล้ว",
        "Say why the coordinates are right as they stand",
        "เช่น โครงการร่วมกับ อปท. ข้างเคียง",
        "For example: a joint project with the neighbour",
    ),
    # Short names of what the report finds
    "finding_outside_thailand": Message("อยู่นอกประเทศไทย", "Outside Thailand"),
    "finding_outside_thailand_swapped": Message("ลองจิจูดกับละติจูดสลับกัน", "Longitude and latitude swapped"),
    "finding_outside_thailand_metres": Message("ตัวเลขเป็นเมตร ไม่ใช่องศา", "Metres, not degrees"),
    "finding_far_from_territory": Message("อยู่ไกลจากเขต อปท.", "Far from the organisation"),
    "finding_outside_territory": Message("อยู่นอกเขต อปท.", "Outside the organisation"),
    "finding_crosses_territory": Message("บางส่วนเลยเขต อปท.", "Partly outside the organisation"),
    "finding_outside_tambon": Message("อยู่คนละตำบลกับที่ระบุ", "In another tambon than stated"),
    "finding_wrong_geometry_type": Message("ชนิดรูปร่างไม่ตรงกับงาน", "Wrong type of geometry"),
    "finding_unexpected_geometry_type": Message("ชนิดรูปร่างไม่ค่อยพบกับงานนี้", "Unusual type of geometry"),
    "finding_zero_area": Message("พื้นที่เป็นศูนย์", "No area"),
    "finding_zero_length": Message("ความยาวเป็นศูนย์", "No length"),
    "finding_polygon_self_crossing": Message("ขอบตัดตัวเอง", "Outline crosses itself"),
    "finding_polygon_invalid": Message("รูปหลายเหลี่ยมไม่ถูกต้อง", "Invalid polygon"),
    "finding_line_self_crossing": Message("เส้นตัดตัวเอง", "Line crosses itself"),
    "finding_duplicate_vertices": Message("มีจุดซ้ำ", "Repeated vertices"),
    "finding_spike": Message("เส้นย้อนกลับเป็นหนาม", "Spike"),
    "finding_long_jump": Message("เส้นกระโดดไกล", "Long jump"),
    "finding_segment_count_differs": Message("จำนวนช่วงไม่ตรงกับสัญญา", "Number of segments differs"),
    "finding_segment_repeated": Message("ช่วงซ้ำกัน", "Repeated segment"),
    "finding_ends_apart": Message("ปลายเกือบชนกันแต่ไม่ต่อ", "Ends that almost touch"),
    "finding_too_short": Message("สั้นผิดปกติ", "Too short"),
    "finding_length_differs": Message("ความยาวต่างจากสัญญา", "Length differs from the contract"),
    "finding_too_many_vertices": Message("จุดมากเกินไป", "Too many vertices"),
    "finding_not_finite": Message("ตัวเลขไม่ใช่พิกัด", "Not numbers"),
    "finding_geometry_empty": Message("ไม่มีรูปร่าง", "Empty"),
    "finding_doctor_truncated": Message("ทศนิยมน้อยเกินไป", "Too few decimals"),
    "finding_doctor_repeated_point": Message("จุดเดียวใช้หลายโครงการ", "One point for several projects"),
    "finding_doctor_office_point": Message("เป็นพิกัดสำนักงาน", "The organisation's office"),
    "finding_gone": Message(
        "รายการของโครงการ {project} ไม่มีแล้ว พิกัดอาจถูกแก้ไปก่อน",
        "The finding about project {project} is gone; its coordinates may have been mended",
        "เปิดรายการใหม่",
        "Open the list again",
    ),
    "offer_gone": Message(
        "ไม่มีตำแหน่งที่เสนอนี้สำหรับโครงการ {project}",
        "There is no such offer for project {project}",
        "เปิดรายการใหม่",
        "Open the list again",
    ),
    "coordinates_withdrawn": Message(
        "เอาพิกัดออก เพราะไม่ใช่ตำแหน่งของงาน", "Coordinates taken away: they were not the place of the work"
    ),
    "not_withdrawable": Message(
        "รายการของโครงการ {project} ไม่ใช่เหตุให้เอาพิกัดออก",
        "The finding about project {project} is no reason to take its coordinates away",
        "ใช้ตำแหน่งที่เสนอ หรือวาดใหม่",
        "Take the place that is offered, or draw it anew",
    ),
    "nothing_alike": Message(
        "ไม่มีรายการแบบนี้ให้แก้แล้ว",
        "There is none of this kind left to mend",
        "เปิดรายการใหม่",
        "Open the list again",
    ),
    "finding_repeated": Message(
        "โครงการ {project} ถูกเลือกซ้ำ",
        "Project {project} was chosen twice",
        "เลือกตำแหน่งเดียวต่อโครงการ",
        "Choose one reading for each project",
    ),
    "too_many_at_once": Message(
        "เลือกไว้ {count} รายการ ทำได้ครั้งละไม่เกิน {limit}",
        "{count} were chosen; at most {limit} go at once",
        "แบ่งเป็นหลายครั้ง",
        "Do it in several goes",
    ),
    "checking_coordinates": Message("กำลังตรวจพิกัด", "Checking coordinates"),
    "doctor_status_ok": Message("ถูกต้อง", "right"),
    "doctor_status_wrong": Message("ผิด", "wrong"),
    "doctor_status_ambiguous": Message("อ่านได้หลายแบบ", "ambiguous"),
    "doctor_status_unreadable": Message("อ่านไม่ได้", "unreadable"),
    "doctor_columns": Message(
        "ไฟล์ไม่มีคอลัมน์พิกัด (พบ {columns})",
        "The file has no columns with coordinates (found {columns})",
        "ตั้งชื่อคอลัมน์เป็น text หรือ x และ y; รู้จัก {known}",
        "Name the columns text, or x and y; known are {known}",
    ),
    "doctor_too_many_rows": Message(
        "ไฟล์ยาวเกิน {limit} แถว", "The file has more than {limit} rows", "แยกเป็นหลายไฟล์", "Split the file"
    ),
}
