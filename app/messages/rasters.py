"""Sentences about rasters: loading, terrain, zones, floods."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "raster_not_geotiff": Message(
        "ไฟล์นี้ไม่ใช่ GeoTIFF",
        "This file is no GeoTIFF",
        "ส่งไฟล์ .tif ที่มีพิกัด (แปลงจากโปรแกรม GIS เป็น GeoTIFF ก่อน)",
        "Send a .tif with coordinates (export it as GeoTIFF from a GIS program first)",
    ),
    "raster_damaged": Message(
        "ไฟล์ภาพเสีย อ่านได้ไม่ครบทั้งภาพ",
        "The raster is damaged and cannot be read whole",
        "ดาวน์โหลดหรือคัดลอกไฟล์จากต้นทางใหม่ทั้งไฟล์ ลองเปิดในโปรแกรม GIS แล้วส่งอีกครั้ง",
        "Download or copy the whole file again from where it came, see that a GIS program opens it, and send it again",
    ),
    "raster_file_too_large": Message(
        "ไฟล์ใหญ่ {size_mb} MB เกิน {limit_mb} MB",
        "The file has {size_mb} MB, more than {limit_mb} MB",
        "ตัดเฉพาะพื้นที่ที่ใช้ หรือให้ผู้ดูแลระบบโหลดด้วยคำสั่ง ./eplan load raster",
        "Cut out the area you need, or ask the operator to load it with ./eplan load raster",
    ),
    "raster_too_large": Message(
        "ภาพมี {count:,} ค่า เกิน {limit:,} ค่า",
        "The raster has {count:,} values, more than {limit:,}",
        "ตัดเฉพาะพื้นที่ที่ใช้ หรือให้ผู้ดูแลระบบโหลดด้วยคำสั่ง ./eplan load raster",
        "Cut out the area you need, or ask the operator to load it with ./eplan load raster",
    ),
    "raster_too_many_bands": Message(
        "ภาพมี {count} ช่องข้อมูล (band) เกิน {limit}",
        "The raster has {count} bands, more than {limit}",
        "เลือกเฉพาะช่องที่ใช้",
        "Keep only the bands you need",
    ),
    "raster_no_heights": Message(
        "ไฟล์นี้เป็นภาพสี ({count} ช่องข้อมูล) ไม่ใช่ความสูง แรเงาและความชันที่ได้จะไม่มีความหมาย",
        "This file is a picture in colours ({count} bands), not heights: hills and slopes made of it mean nothing",
        "โหลดใหม่โดยเลือก “ภาพถ่าย” หรือส่งเฉพาะช่องความสูงเป็นไฟล์ช่องเดียว",
        "Send it again as a picture, or send the band of heights alone",
    ),
    "raster_complex_numbers": Message(
        "ภาพเก็บจำนวนเชิงซ้อน ซึ่งแสดงบนแผนที่ไม่ได้",
        "The raster holds complex numbers, which no map can show",
        "แปลงเป็นค่าจริง (ความเข้มหรือเฟส) ก่อน",
        "Turn them into real values (amplitude or phase) first",
    ),
    "raster_without_place": Message(
        "ไฟล์ไม่บอกว่าภาพอยู่ตรงไหน (ไม่มีพิกัดเลย)",
        "The file does not say where the picture lies (no coordinates at all)",
        "ตรึงพิกัด (georeference) ในโปรแกรม GIS แล้วส่งใหม่",
        "Georeference it in a GIS program and send it again",
    ),
    "raster_without_crs": Message(
        "ไฟล์ไม่บอกระบบพิกัด ขอบภาพคือ {bounds} ระบบที่เป็นไปได้: {candidates}",
        "The file does not say its coordinate system; its edges are {bounds}. Possible: {candidates}",
        "เลือกระบบพิกัดที่ถูก",
        "Choose the right coordinate system",
    ),
    "raster_crs_unknown": Message(
        "ไม่รู้จักระบบพิกัด EPSG:{epsg}",
        "There is no coordinate system EPSG:{epsg}",
        "ใช้เลข EPSG เช่น 32647 32648 4326",
        "Use an EPSG number such as 32647, 32648 or 4326",
    ),
    "raster_outside_the_earth": Message(
        "พิกัดของภาพไม่อยู่บนโลกในระบบพิกัดที่ระบุ",
        "The raster does not lie on the earth in the coordinate system stated",
        "ตรวจระบบพิกัด แล้วส่งใหม่พร้อมระบบที่ถูก",
        "Check the coordinate system, and send it again with the right one",
    ),
    "raster_all_nodata": Message(
        "ภาพไม่มีค่าเลย ทุกจุดเป็น “ไม่มีข้อมูล” ({nodata})",
        "The raster holds nothing: every pixel is nodata ({nodata})",
        "ตรวจไฟล์ต้นทางและค่า nodata",
        "Check the source file and its nodata value",
    ),
    "raster_turned": Message(
        "ภาพเอียงหรือกลับหัว ระบบวางให้ทิศเหนืออยู่บนแล้ว โดยใช้ค่าเดิมของจุดที่ใกล้ที่สุด",
        "The raster was turned or upside down; it was laid north up, each pixel with the value nearest to it",
    ),
    "raster_scaled": Message(
        "ไฟล์มีตัวคูณ {scale} และตัวบวก {offset} ที่ระบบเก็บต่อไม่ได้ ตัวเลขที่เห็นเป็นค่าดิบ",
        "The file has a scale {scale} and an offset {offset} that could not be kept: the numbers are raw",
    ),
    "raster_outside_thailand": Message(
        "ภาพอยู่นอกประเทศไทย",
        "The raster lies outside Thailand",
        "ไม่มีโครงการหรือเขตใดอยู่ในภาพ ถ้าไม่ใช่ที่ตั้งใจ ตรวจระบบพิกัดของไฟล์แล้วโหลดใหม่",
        "No work and no area lies in it. If that is not meant, check the file's coordinate system and send it again",
    ),
    "raster_quota_full": Message(
        "พื้นที่เก็บภาพของ อปท. ไม่พอ: ใช้แล้ว {used_mb} MB จาก {limit_mb} MB ภาพนี้ต้องการอีก {more_mb} MB",
        "No room: the organisation's rasters take {used_mb} MB of {limit_mb} MB, this one needs {more_mb} MB more",
        "นำภาพที่ไม่ใช้ออก ตัดเฉพาะพื้นที่ที่ใช้ หรือขอให้ส่วนกลางโหลดเป็นข้อมูลกลาง",
        "Take out rasters that are not used, cut out the area you need, or ask the department to load it for everybody",
    ),
    "raster_band_missing": Message(
        "ไม่มีช่องข้อมูลที่ {band} ภาพนี้มี {count} ช่อง",
        "There is no band {band}; the raster has {count}",
        "เลือก 1 ถึง {count}",
        "Choose 1 to {count}",
    ),
    "raster_not_here": Message(
        "ตรงนี้ไม่มีข้อมูลในภาพ",
        "The raster holds nothing here",
        "เลือกภาพที่ครอบคลุมที่นี่ หรือเลือกจุดอื่น",
        "Choose a raster that covers this place, or another place",
    ),
    "raster_not_found": Message(
        "ไม่พบภาพ {raster}", "There is no raster {raster}", "ดูรายชื่อภาพทั้งหมด", "Look at the list of rasters"
    ),
    "raster_file_gone": Message("ไฟล์ของภาพนี้หายไปจากเครื่องแม่ข่าย", "The file of this raster is gone from the server"),
    "raster_not_ready": Message(
        "ภาพนี้ยังไม่พร้อม กำลังแปลง หรือรอคำตอบเรื่องระบบพิกัด",
        "This raster is not ready: it is being converted, or waits for its coordinate system",
        "เปิดหน้าภาพและความสูงเพื่อดูว่าถึงไหนแล้ว",
        "The page of rasters tells how far it is",
    ),
    "extent_step_outlining": Message("กำลังวาดขอบเขตจากภาพ", "Outlining the raster"),
    "raster_step_converting": Message("กำลังตรวจและแปลงภาพ", "Checking and converting the raster"),
    "raster_is_being_converted": Message(
        "ภาพนี้กำลังแปลงอยู่ หรือแปลงแล้ว",
        "This raster is being converted, or has been",
        "เปิดหน้าภาพและความสูงอีกครั้ง",
        "Open the page of rasters again",
    ),
    "raster_already_answered": Message(
        "มีคนตอบเรื่องระบบพิกัดของภาพนี้แล้ว", "Somebody has already said where this raster lies"
    ),
    "raster_kind_wrong": Message(
        "ภาพนี้ไม่ใช่ข้อมูลความสูง",
        "This raster holds no heights",
        "เลือกภาพชนิดความสูง (DEM)",
        "Choose one of the kind elevation",
    ),
    "raster_title_needed": Message(
        "ต้องมีชื่อ", "A title is needed", "ตั้งชื่อที่คนอื่นเข้าใจ", "Give it a title that others understand"
    ),
    "raster_title_too_long": Message(
        "ชื่อยาวเกิน 200 ตัวอักษร", "The title is longer than 200 characters", "ย่อชื่อ", "Shorten it"
    ),
    "raster_kind_unknown": Message(
        "ไม่รู้จักชนิด {given}", "There is no kind {given}", "เลือกจากรายการ", "Choose from the list"
    ),
    "raster_organisation_needed": Message(
        "เลือก อปท. เจ้าของภาพ",
        "Choose the organisation that the raster belongs to",
        "ภาพกลางของทั้งระบบโหลดได้เฉพาะผู้ดูแลส่วนกลาง",
        "Only the department loads rasters for everybody",
    ),
    "profile_no_line": Message(
        "ไม่มีเส้นให้ดูความสูง (โครงการเป็นจุดหรือพื้นที่ หรือสั้นกว่า 1 ม.)",
        "There is no line to follow (the project is a point or an area, or shorter than 1 m)",
        "เลือกโครงการที่เป็นถนนหรือเส้น",
        "Choose a project that is a line",
    ),
    "profile_outside": Message(
        "เส้นนี้ไม่มีความสูงในภาพที่เลือก",
        "The raster has no height along this line",
        "เลือกภาพความสูงที่ครอบคลุมโครงการ",
        "Choose heights that cover the project",
    ),
    "project_without_place": Message(
        "โครงการนี้ยังไม่มีพิกัด",
        "This project has no coordinates yet",
        "วาดหรือนำเข้าพิกัดก่อน",
        "Draw or import them first",
    ),
    "zones_too_many": Message(
        "มากเกินไปสำหรับหน้าเว็บ ({count:,} เขต เกิน {limit:,} หรือภาพละเอียดมาก)",
        "Too much for a page ({count:,} areas, more than {limit:,}, or a very fine raster)",
        "เลือกจังหวัดหรืออำเภอ หรือใช้คำสั่ง ./eplan analyse zonal",
        "Choose a province or an amphoe, or use ./eplan analyse zonal",
    ),
    "catchment_needs_place": Message(
        "บอกแหล่งน้ำหรือจุด",
        "Say which water source or place",
        "เลือกโครงการ หรือคลิกจุดบนแผนที่",
        "Choose a project, or click on the map",
    ),
    "points_unreadable": Message(
        "อ่านตารางจุดไม่ได้", "The table of places cannot be read", "ใช้ CSV ที่เข้ารหัส UTF-8", "Use a CSV in UTF-8"
    ),
    "points_columns": Message(
        "ไม่มีคอลัมน์ {missing} (มี {found})",
        "There is no column {missing} (there are {found})",
        "แถวแรกของไฟล์ต้องมีชื่อคอลัมน์ lon และ lat",
        "The first line has to name the columns lon and lat",
    ),
    "point_unreadable": Message(
        "{column} “{given}” ไม่ใช่ตัวเลข",
        "{column} “{given}” is no number",
        "ใส่องศาทศนิยม เช่น 101.2345",
        "Write decimal degrees such as 101.2345",
    ),
    "point_off_the_earth": Message(
        "{column} {given} เกิน {most} องศา",
        "{column} {given} is more than {most} degrees",
        "lon กับ lat อาจสลับกัน หรือเป็นเมตร (UTM)",
        "lon and lat may have changed places, or these are metres (UTM)",
    ),
    "zone_invalid": Message("รูปเขตว่างหรือเสีย ไม่คำนวณ", "The area's shape is empty or broken: not computed"),
    "zone_outside": Message("ไม่มีข้อมูลในเขตนี้", "No data in this area"),
    "zone_partial": Message(
        "มีข้อมูลบางส่วนของเขต ผลรวมเป็นของส่วนที่มีเท่านั้น", "Data cover a part of the area: the sum is of that part only"
    ),
    "extent_not_found": Message(
        "ไม่พบขอบเขตภัย {extent}",
        "There is no extent {extent}",
        "ดูรายชื่อในหน้าโครงการที่เสี่ยง",
        "Look at the list on the page of exposed works",
    ),
    "extent_empty": Message(
        "ไม่มีพื้นที่เลย: ไม่มีค่าถึงเกณฑ์ หรือไฟล์ไม่มีรูปพื้นที่",
        "There is no ground in it: no value reaches the limit, or the file has no areas",
        "ลดเกณฑ์ หรือเลือกไฟล์ที่มีรูปพื้นที่ (polygon)",
        "Lower the limit, or choose a file with polygons",
    ),
    "extent_too_large": Message(
        "ภาพใหญ่เกินกว่าจะทำขอบเขต ({count:,} จุด เกิน {limit:,})",
        "The raster is too large to be outlined ({count:,} pixels, more than {limit:,})",
        "ตัดเฉพาะพื้นที่ที่ใช้",
        "Cut out the area you need",
    ),
    "extent_outside_thailand": Message(
        "ขอบเขตนี้อยู่นอกประเทศไทยทั้งหมด ไม่มีโครงการใดอยู่ในนั้น",
        "This extent lies outside Thailand altogether: no work is in it",
        "ตรวจระบบพิกัดของภาพหรือไฟล์",
        "Check the coordinate system of the raster or the file",
    ),
    "extent_file_too_large": Message(
        "ไฟล์ใหญ่ {size_mb} MB เกิน {limit_mb} MB",
        "The file has {size_mb} MB, more than {limit_mb} MB",
        "ตัดเฉพาะพื้นที่ที่ใช้ หรือลดจุดของเส้นขอบ (simplify) ก่อน",
        "Cut out the area you need, or simplify its outlines first",
    ),
    "extent_too_many_corners": Message(
        "เส้นขอบในไฟล์มีจุดรวมกันเกิน {limit:,} จุด",
        "The outlines in the file have more than {limit:,} corners together",
        "ตัดเฉพาะพื้นที่ที่ใช้ หรือลดจุดของเส้นขอบ (simplify) ก่อน",
        "Cut out the area you need, or simplify its outlines first",
    ),
    "extent_too_many_parts": Message(
        "พื้นที่ที่ถึงเกณฑ์แตกเป็นชิ้นเล็กเกิน {limit:,} ชิ้น",
        "The ground that reaches the limit falls into more than {limit:,} pieces",
        "กรองจุดเล็ก ๆ ออกจากภาพก่อน เลือกเกณฑ์อื่น หรือตัดเฉพาะพื้นที่ที่ใช้",
        "Take the specks out of the raster first, choose another limit, or cut out the area you need",
    ),
    "extent_file_or_raster": Message(
        "เลือกภาพพร้อมเกณฑ์ หรือส่งไฟล์รูปพื้นที่ อย่างใดอย่างหนึ่ง",
        "Choose a raster with a limit, or send a file of areas: one of the two",
    ),
    "extent_threshold_unreadable": Message(
        "เกณฑ์ต้องเป็นตัวเลข", "The limit has to be a number", "เช่น 1 หรือ 0.5", "Such as 1 or 0.5"
    ),
}
