"""Messages about plans, their versions and the cells of their forms."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "confirmation_missing": Message(
        "ยังไม่ได้ยืนยัน", "Not confirmed yet", "ทำเครื่องหมายยืนยันแล้วกดอีกครั้ง", "Tick the confirmation and press again"
    ),
    "plan_not_found": Message(
        "ไม่พบแผน {plan}", "There is no plan {plan}", "เลือกแผนจากหน้าแผนพัฒนา", "Choose one from the page of plans"
    ),
    "plan_version_not_found": Message(
        "ไม่พบแผนฉบับ {version}",
        "There is no plan version {version}",
        "เลือกฉบับจากหน้าแผนพัฒนา",
        "Choose one from the page of plans",
    ),
    "plan_form_not_found": Message(
        "ไม่มีแบบ {form}", "There is no form {form}", "ใช้ได้: {allowed}", "These exist: {allowed}"
    ),
    "sheet_not_found": Message(
        "ไม่มีตาราง {sheet}", "There is no sheet {sheet}", "ใช้ได้: {allowed}", "These exist: {allowed}"
    ),
    "plan_changed": Message(
        "แผนนี้ถูกแก้ไปก่อน ของคุณยังไม่ถูกบันทึกและไม่หาย",
        "Somebody else changed this plan first; yours is not saved and not lost",
        "ดูค่าล่าสุดแล้วเลือกว่าจะใช้ของใคร",
        "Look at what stands and choose whose to keep",
    ),
    "plan_version_changed": Message(
        "แผน “{number}” มีการแก้หลังจากที่คุณเปิดหน้า",
        "Version {number} of the plan was changed after you opened the page",
        "ดูรายการล่าสุดก่อน แล้วทำอีกครั้ง",
        "Look at the newest lines first, then do it again",
    ),
    "plan_version_closed": Message(
        "แผน “{number}” แก้ไม่ได้แล้ว",
        "Version {number} of the plan can no longer be written",
        "ฉบับที่เสนอแล้วต้องส่งกลับก่อน ฉบับที่ประกาศใช้แล้วต้องเปิดฉบับเพิ่มเติม เปลี่ยนแปลง หรือแก้ไข",
        "A proposed one has to be returned first; after promulgation open an addition, a change or a correction",
    ),
    "plan_version_not_proposed": Message(
        "แผน “{number}” ยังไม่ได้เสนอ หรือพิจารณาเสร็จแล้ว",
        "Version {number} of the plan is not proposed, or decided already",
        "เสนอแผนก่อน แล้วจึงบันทึกผลการพิจารณา",
        "Propose it first, then record decisions",
    ),
    "plan_period_unknown": Message(
        "ไม่มีรอบแผนนี้", "There is no such plan period", "เลือกจากรายการ", "Choose one of the list"
    ),
    "plan_exists": Message(
        "มี{plan}อยู่แล้ว",
        "There is a plan for this period: {plan}",
        "เปิดแผนเดิมแล้วทำฉบับใหม่",
        "Open it and begin a new version",
    ),
    "plan_not_in_force": Message(
        "แผนยังไม่เคยประกาศใช้ จึงยังเพิ่มเติม เปลี่ยนแปลง หรือแก้ไขไม่ได้",
        "The plan has never been in force: there is nothing to add to or to change",
        "แก้ฉบับแรกที่เปิดอยู่",
        "Write into the original version",
    ),
    "change_type_missing": Message(
        "เลือกว่าฉบับนี้ เพิ่มเติม เปลี่ยนแปลง หรือแก้ไข (เลือกได้หลายอย่าง)",
        "Choose what this version does: addition, change, correction (several may be chosen)",
    ),
    "period_needs_review": Message(
        "เปลี่ยนช่วงปีของแผนได้เฉพาะฉบับทบทวน (ข้อ 18)",
        "Only a review (clause 18) may change the years of a plan",
        "เลือกประเภท ทบทวน",
        "Choose the type review",
    ),
    "period_loses_years": Message(
        "ช่วงปีใหม่ต้องครอบคลุมปี {first}–{last} ของแผนเดิม",
        "The new period has to cover the years {first}–{last} of the plan",
        "เลือกช่วงที่ยาวกว่า",
        "Choose a longer one",
    ),
    "alignment_not_found": Message(
        "ไม่พบรายการนี้", "There is no such item", "เลือกจากรายการของจังหวัด", "Choose one of the province's"
    ),
    "alignment_changed": Message(
        "รายการ {code} ถูกแก้ไปก่อน ของคุณยังไม่ถูกบันทึก",
        "Somebody else changed item {code} first; yours is not saved",
        "เปิดรายการอีกครั้งแล้วแก้ใหม่",
        "Open the item again and write it anew",
    ),
    "alignment_code_taken": Message(
        "มีลำดับที่ {given} ที่ใช้ในปีเดียวกันแล้ว",
        "Another item has the code {given} in the same years",
        "ใช้ลำดับอื่นหรือปีที่ไม่ซ้อนกัน",
        "Use another code, or years that do not overlap",
    ),
    "years_reversed": Message(
        "ปีสิ้นสุด {last} มาก่อนปีเริ่ม {first}",
        "The last year {last} is before the first {first}",
        "ใส่ปีสิ้นสุดเท่ากับหรือหลังปีเริ่ม",
        "Give a last year that is not before the first",
    ),
    "pao_not_found": Message(
        "จังหวัดนี้ไม่มี อบจ. ในทะเบียน",
        "The register has no PAO of this province",
        "นำเข้าทะเบียน อปท. ก่อน",
        "Load the register of organisations first",
    ),
    "comment_not_found": Message(
        "ไม่พบความเห็น หรือมีผู้ตอบแล้ว", "There is no such comment, or it was answered", "โหลดหน้าใหม่", "Load the page again"
    ),
    "line_holds_others": Message(
        "โครงการนี้รับรวมโครงการอื่นไว้ในฉบับนี้: {name}",
        "Another project was merged into this one in this version: {name}",
        "คืนโครงการที่รวมไว้ก่อน แล้วเอาออกหรือรวมอีกครั้ง",
        "Put that one back first, then remove or merge again",
    ),
    "line_ended": Message(
        "รายการนี้ถูกเอาออกหรือรวมไปแล้ว", "This line was taken out or merged already", "คืนแถวก่อน", "Put it back first"
    ),
    "merge_target_gone": Message(
        "โครงการที่จะรวมเข้าไม่อยู่ในแบบนี้แล้ว",
        "The project to merge into no longer stands in this form",
        "เลือกโครงการอื่นในแบบเดียวกัน",
        "Choose another one of the same form",
    ),
    "merge_not_here": Message(
        "ตารางนี้รวมรายการไม่ได้",
        "Lines of this sheet cannot be merged",
        "รวมได้เฉพาะโครงการในแผน",
        "Only projects of a plan can",
    ),
    "version_empty": Message(
        "“{number}” ยังไม่มีอะไรต่างจากแผนเดิม",
        "Version {number} differs in nothing from the plan",
        "เพิ่มหรือแก้โครงการอย่างน้อยหนึ่งโครงการก่อนเสนอ",
        "Add or change at least one project before proposing",
    ),
    "version_adds": Message(
        "มีโครงการใหม่ {count} โครงการ เช่น {name} แต่ฉบับนี้ไม่ใช่เพิ่มเติม (ข้อ 22)",
        "{count} projects are new, such as {name}, but this version is no addition (clause 22)",
        "เลือกประเภท เพิ่มเติม ด้วย หรือเอาโครงการใหม่ออก",
        "Make it an addition as well, or take the new projects out",
    ),
    "version_changes": Message(
        "สาระสำคัญเปลี่ยน {count} โครงการ เช่น {name} แต่ฉบับนี้ไม่ใช่เปลี่ยนแปลง (ข้อ 22/1)",
        "The essence of {count} projects changes, such as {name}, but this version is no change (clause 22/1)",
        "เลือกประเภท เปลี่ยนแปลง ด้วย วัตถุประสงค์ เป้าหมาย งบประมาณ และสถานที่เป็นสาระสำคัญ",
        "Make it a change as well: objective, target, money and place are the essence",
    ),
    "version_corrects": Message(
        "แก้ถ้อยคำ {count} โครงการ เช่น {name} แต่ฉบับนี้ไม่ใช่แก้ไข (ข้อ 21)",
        "The wording of {count} projects is corrected, such as {name}, but this version is no correction (clause 21)",
        "เลือกประเภท แก้ไข ด้วย",
        "Make it a correction as well",
    ),
    "step_not_on_path": Message(
        "ฉบับนี้ไม่มีขั้นตอน {given}", "This version has no step {given}", "ดูเส้นทางอนุมัติของฉบับ", "See the path of the version"
    ),
    "step_not_due": Message(
        "ยังบันทึกขั้นตอนนี้ไม่ได้ เหลือ: {missing}",
        "This step is not due yet; missing: {missing}",
        "บันทึกขั้นตอนก่อนหน้าก่อน",
        "Record the steps before it first",
    ),
    "version_number_taken": Message(
        "มีฉบับ {number} ปี {year} ประเภทเดียวกันอยู่แล้ว",
        "There is a version {number} of {year} of the same kind already",
        "ใช้เลขครั้งถัดไป หรือแก้ฉบับที่เปิดไว้แล้ว",
        "Use the next number, or write into the one that is open",
    ),
    "choice_repeated": Message(
        "เลือก {given} ซ้ำ", "{given} is chosen twice", "เลือกแต่ละอย่างครั้งเดียว", "Choose each of them once"
    ),
    "special_reason_missing": Message(
        "กรณีพิเศษที่ผู้บริหารอนุมัติเอง (ข้อ 22/2) ต้องมีเหตุผล",
        "A special case that the executive decides alone (clause 22/2) needs a reason",
        "เขียนว่าเป็นโครงการพระราชดำริ งานพระราชพิธี หรือนโยบายใด",
        "Say which royal project, ceremony or policy asks for it",
    ),
    "special_order_missing": Message(
        "กรณีพิเศษ (ข้อ 22/2) ต้องอ้างเลขที่คำสั่งหรือประกาศ",
        "A special case (clause 22/2) needs the number of its order or announcement",
        "ใส่เลขที่คำสั่งหรือประกาศในช่องอ้างอิง",
        "Give it as the reference",
    ),
    "day_before_plan": Message(
        "วันที่เร็วเกินไป ฉบับนี้พิจารณาได้ตั้งแต่ {earliest}",
        "The day is too early: this version can be decided on from {earliest}",
        "ใส่วันที่ {earliest} หรือหลังจากนั้น",
        "Give {earliest} or a later day",
    ),
    "step_before_last": Message(
        "วันที่อยู่ก่อนขั้นตอนก่อนหน้า ({day})",
        "The day lies before the step before it ({day})",
        "ใส่วันเดียวกันหรือหลังจากนั้น",
        "Give the same day or a later one",
    ),
    "return_reason_missing": Message(
        "ส่งกลับต้องบอกเหตุผล", "Say why it is returned", "เขียนว่าต้องแก้อะไร", "Write what has to be mended"
    ),
    # Strategies
    "strategy_not_found": Message("ไม่พบยุทธศาสตร์นี้ในแผน", "This strategy is not in the plan"),
    "strategy_changed": Message(
        "ยุทธศาสตร์นี้ถูกแก้ไปก่อน ของคุณยังไม่ถูกบันทึก",
        "Somebody else changed this strategy first; yours is not saved",
        "ดูค่าล่าสุดแล้วบันทึกอีกครั้ง",
        "Look at what stands and save again",
    ),
    "strategy_in_force": Message(
        "“{name}” มีโครงการในแผนที่ประกาศใช้แล้ว แก้ชื่อหรือลำดับไม่ได้ขณะที่ไม่มีฉบับเปิดอยู่",
        "“{name}” has projects in force: its name and number cannot change while no version is open",
        "เปิดฉบับทบทวน เปลี่ยนแปลง หรือแก้ไขก่อน ชื่อใหม่จะใช้เมื่อฉบับนั้นประกาศใช้",
        "Open a review, a change or a correction first: the new name holds from that version on",
    ),
    "too_many_tactics": Message(
        "กลยุทธ์ {count} รายการ มากเกินไป",
        "{count} tactics are too many",
        "ใส่ได้ไม่เกิน {limit} กลยุทธ์ต่อยุทธศาสตร์",
        "A strategy has at most {limit}",
    ),
    "strategy_code_taken": Message(
        "ลำดับ {given} ซ้ำ", "The number {given} is taken", "ใช้ลำดับที่ยังว่าง", "Use one that is free"
    ),
    "strategy_has_lines": Message(
        "ลบยุทธศาสตร์ไม่ได้ มีโครงการอยู่ {count} รายการ",
        "The strategy has {count} lines and cannot be removed",
        "ย้ายโครงการไปยุทธศาสตร์อื่นก่อน",
        "Move its lines to another strategy first",
    ),
    "tactic_has_lines": Message(
        "ลบกลยุทธ์ {name} ไม่ได้ มีโครงการอยู่ {count} รายการ",
        "The tactic {name} has {count} lines and cannot be removed",
        "ย้ายโครงการไปกลยุทธ์อื่นก่อน",
        "Move its lines to another tactic first",
    ),
    # Lines and cells
    "line_not_found": Message(
        "ไม่พบบรรทัดนี้ในแบบนี้แล้ว",
        "This line is no longer in this form",
        "อาจย้ายไปแบบอื่นหรือถูกเอาออก โหลดหน้าใหม่",
        "It may have moved or been taken out; load the page again",
    ),
    "line_has_budget": Message(
        "เอาออกจากแผนไม่ได้ โครงการ {project} ปี {year} ตั้งงบประมาณไว้แล้ว",
        "It cannot leave the plan: money was set against project {project} of {year}",
        "เอาโครงการออกจากเอกสารงบประมาณ หรือโอนงบประมาณก่อน หรือใส่บรรทัดนี้กลับเข้าแผน",
        "Take the project out of its budget document or transfer its money first, or put the line back",
    ),
    "line_year_has_budget": Message(
        "ปี {year} ไม่มีเงินในแผนแล้ว แต่โครงการ {project} ตั้งงบประมาณไว้ในปีนั้น",
        "The plan has no money in {year} any more, but money was set against project {project} of that year",
        "ใส่เงินปี {year} ไว้ตามเดิม หรือเอาโครงการออกจากเอกสารงบประมาณก่อน",
        "Leave the amount of {year}, or take the project out of its budget document first",
    ),
    "project_year_with_money": Message(
        "โครงการ {project} ย้ายจากปี {year} ไปปี {to} ไม่ได้ ตั้งงบประมาณไว้แล้ว",
        "Project {project} cannot move from {year} to {to}: money was set against it",
        "ใส่เงินปี {year} ไว้ตามเดิม หรือเอาโครงการออกจากเอกสารงบประมาณก่อน",
        "Leave the amount of {year}, or take the project out of its budget document first",
    ),
    "project_year_closed": Message(
        "โครงการ {project} ย้ายจากปี {year} ไปปี {to} ไม่ได้ ปีงบประมาณ {closed} ปิดแล้ว",
        "Project {project} cannot move from {year} to {to}: fiscal year {closed} is closed",
        "ใส่เงินปี {year} ไว้ตามเดิม แล้วเพิ่มบรรทัดใหม่สำหรับปีอื่น หรือขอเปิดปี {closed}",
        "Leave the amount of {year} and add a line for another year, or have {closed} reopened",
    ),
    "line_in_other_version": Message(
        "บรรทัดนี้กำลังแก้อยู่ในฉบับ {number} ที่ยังไม่ประกาศใช้",
        "Version {number}, not yet in force, changes this line",
        "แก้ในฉบับนั้น หรือรอให้ฉบับนั้นประกาศใช้หรือเลิกก่อน",
        "Write into that version, or wait until it is in force or given up",
    ),
    "line_without_strategy": Message(
        "{name}: ยังไม่ระบุยุทธศาสตร์", "{name}: no strategy yet", "เลือกยุทธศาสตร์ของแผน", "Choose a strategy of the plan"
    ),
    "line_without_programme": Message(
        "{name}: ยังไม่ระบุแผนงาน", "{name}: no programme yet", "เลือกแผนงาน", "Choose a programme"
    ),
    "line_without_money": Message(
        "{name}: ยังไม่มีงบประมาณในปีใด",
        "{name}: no money in any year",
        "ใส่จำนวนเงินอย่างน้อยหนึ่งปี",
        "Give an amount in at least one year",
    ),
    "line_year_outside": Message(
        "{name}: มีงบประมาณในปีหลังแผนสิ้นสุด",
        "{name}: it has money after the plan's last year",
        "ย้ายเข้าปีในแผน หรือเปิดฉบับทบทวนที่ขยายปี",
        "Move it into the plan's years, or open a review that extends them",
    ),
    "form_column_unknown": Message(
        "แบบนี้ไม่มีช่อง {given}", "This form has no column {given}", "ใช้ช่องตามหัวตาราง", "Use the columns of its head"
    ),
    "cell_required": Message("ต้องใส่{title}", "{title} is required"),
    "choice_unknown": Message(
        "ไม่มีตัวเลือก {given}", "There is no choice {given}", "เลือกจากรายการ", "Choose one of the list"
    ),
    "year_outside_plan": Message(
        "ปี {year} อยู่นอกแผน",
        "The year {year} is outside the plan",
        "ใส่ปี {first}–{last}",
        "Use a year from {first} to {last}",
    ),
    "count_unreadable": Message(
        "อ่านเป็นจำนวนไม่ได้: {text}", "{text} is no count", "ใส่จำนวนเต็ม ไม่เกิน {limit}", "A whole number up to {limit}"
    ),
    "cell_repeated": Message(
        "ส่งช่องเดียวกันมาสองครั้ง", "The same cell is written twice", "ส่งค่าเดียวต่อช่อง", "Send one value for a cell"
    ),
    "insert_key_repeated": Message(
        "บรรทัดใหม่สองบรรทัดใช้คีย์เดียวกัน: {key}",
        "Two new lines have one key: {key}",
        "ใช้คีย์ต่างกันทุกบรรทัด",
        "Give each its own",
    ),
    "too_many_lines": Message(
        "ฉบับนี้จะมี {count} บรรทัด มากเกินไป",
        "This version would have {count} lines, which is too many",
        "ฉบับหนึ่งมีได้ไม่เกิน {limit} บรรทัด ตรวจว่าวางข้อมูลซ้ำหรือไม่",
        "A version has at most {limit}: look whether something was pasted twice",
    ),
    "too_many_changes": Message(
        "บันทึกครั้งเดียว {count} รายการ มากเกินไป",
        "{count} changes in one save are too many",
        "แบ่งเป็นครั้งละไม่เกิน {limit} รายการ",
        "Save at most {limit} at a time",
    ),
}
