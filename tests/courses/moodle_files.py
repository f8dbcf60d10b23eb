"""Files in the exact shape in which Moodle writes them, their words ours."""

import base64
import io

from PIL import Image


def png(colour: str = "red") -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (3, 2), colour).save(file, "PNG")
    return file.getvalue()


def quiz(*questions: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>").encode()


def question(kind: str, inside: str, text: str = "<p>Hỏi?</p>", about: str = "") -> str:
    """A question as Moodle 4 exports it; ``inside`` is what its type adds."""
    return f"""<!-- question: 5  -->
  <question type="{kind}">
    <name>
      <text>Câu mẫu</text>
    </name>
    <questiontext format="html">
      <text><![CDATA[{text}]]></text>
    </questiontext>
    <generalfeedback format="html">
      <text></text>
    </generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber></idnumber>
{about}{inside}
  </question>"""


def answer(fraction: str, text: str, feedback: str = "", more: str = "", form: str = "html") -> str:
    return f"""    <answer fraction="{fraction}" format="{form}">
      <text><![CDATA[{text}]]></text>
      <feedback format="html">
        <text><![CDATA[{feedback}]]></text>
      </feedback>{more}
    </answer>"""


PICTURE = base64.b64encode(png()).decode()
CATEGORY = """<!-- question: 0  -->
  <question type="category">
    <category>
      <text>$course$/top/Ngân hàng//2025/Quà tặng</text>
    </category>
    <info format="moodle_auto_format">
      <text></text>
    </info>
    <idnumber></idnumber>
  </question>"""
SINGLE = question(
    "multichoice",
    """    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <showstandardinstruction>0</showstandardinstruction>
    <correctfeedback format="html">
      <text></text>
    </correctfeedback>
    <partiallycorrectfeedback format="html">
      <text></text>
    </partiallycorrectfeedback>
    <incorrectfeedback format="html">
      <text></text>
    </incorrectfeedback>
    <shownumcorrect/>
"""
    + answer("100", '<p dir="ltr" style="text-align: left;">Trả lại<br></p>', "<p>Đúng, phải <b>trả lại</b>.</p>")
    + answer("0", "<p>Giữ lấy</p>", "<p>Chưa đúng.</p>")
    + """    <tags>
      <tag><text>quà tặng</text></tag>
      <tag><text>bài 3</text></tag>
    </tags>""",
    '<p dir="ltr" style="text-align: left;">Được tặng quà thì <strong>phải</strong> làm gì?<br></p>',
)
MULTIPLE = question(
    "multichoice",
    "    <single>false</single>\n    <shuffleanswers>true</shuffleanswers>\n"
    + answer("50", "Một")
    + answer("50", "Hai")
    + answer("-50", "Ba"),
)
TRUE_FALSE = question(
    "truefalse",
    answer("0", "true", "Sai rồi", form="moodle_auto_format") + answer("100", "false", form="moodle_auto_format"),
)
MATCHING = question(
    "matching",
    """    <shuffleanswers>true</shuffleanswers>
    <correctfeedback format="html">
      <text>Your answer is correct.</text>
    </correctfeedback>
    <shownumcorrect/>
    <subquestion format="html">
      <text><![CDATA[<p>Quà</p>]]></text>
      <answer>
        <text>Trả lại</text>
      </answer>
    </subquestion>
    <subquestion format="html">
      <text><![CDATA[<p>Tài sản</p>]]></text>
      <answer>
        <text>Kê khai</text>
      </answer>
    </subquestion>
    <subquestion format="html">
      <text></text>
      <answer>
        <text>Giữ lấy</text>
      </answer>
    </subquestion>""",
)
SHORT = question(
    "shortanswer",
    "    <usecase>1</usecase>\n"
    + answer("100", "kê khai &amp; nộp".replace("&amp;", "&"), form="moodle_auto_format")
    + answer("50", "kê khai*", form="moodle_auto_format")
    + answer("0", "*", "Chưa đúng.", form="moodle_auto_format"),
)
NUMERICAL = question(
    "numerical",
    answer("100", "10", "", "\n      <tolerance>0.5</tolerance>", "moodle_auto_format")
    + """<units>
  <unit>
    <multiplier>1</multiplier>
    <unit_name>ngày</unit_name>
  </unit>
</units>
    <unitgradingtype>0</unitgradingtype>
    <unitpenalty>0.1000000</unitpenalty>
    <showunits>3</showunits>
    <unitsleft>0</unitsleft>""",
)
ORDERING = question(
    "ordering",
    """    <layouttype>VERTICAL</layouttype>
    <selecttype>ALL</selecttype>
    <selectcount>0</selectcount>
    <gradingtype>ABSOLUTE_POSITION</gradingtype>
    <showgrading>SHOW</showgrading>
    <numberingstyle>none</numberingstyle>
"""
    + "".join(
        f'    <answer fraction="{n}.0000000" format="moodle_auto_format">\n      <text>{text}</text>\n    </answer>\n'
        for n, text in enumerate(("Nhận", "Báo cáo", "Nộp lại"), 1)
    ),
)
GAPSELECT = question(
    "gapselect",
    "    <shuffleanswers>1</shuffleanswers>\n"
    + "".join(
        f"    <selectoption>\n      <text>{text}</text>\n      <group>{group}</group>\n    </selectoption>\n"
        for text, group in (("trả lại", 1), ("giữ", 1), ("10", 2), ("30", 2))
    ),
    "<p>Phải [[1]] trong [[4]] ngày.</p>",
)
DDWTOS = question(
    "ddwtos",
    "    <shuffleanswers>1</shuffleanswers>\n"
    "    <dragbox>\n      <text>báo cáo</text>\n      <group>1</group>\n      <infinite/>\n    </dragbox>\n"
    "    <dragbox>\n      <text>im lặng</text>\n      <group>1</group>\n    </dragbox>",
    "<p>Cần [[1]], luôn [[1]].</p>",
)
WITH_PICTURE = f"""  <question type="multichoice">
    <name>
      <text>Có hình</text>
    </name>
    <questiontext format="html">
      <text><![CDATA[<p>Xem <img src="@@PLUGINFILE@@/s%C6%A1%20%C4%91%E1%BB%93.png" alt="Sơ đồ" width="50"></p>]]></text>
<file name="sơ đồ.png" path="/" encoding="base64">{PICTURE}</file>
    </questiontext>
    <generalfeedback format="markdown">
      <text>**Vì** điều 1.</text>
    </generalfeedback>
    <single>true</single>
    <answer fraction="100" format="plain_text"><text>a *b* &lt;c&gt;</text></answer>
    <answer fraction="0" format="html">
      <text><![CDATA[<img src="@@PLUGINFILE@@/x.png" alt="Mất">]]></text>
<file name="x.png" path="/" encoding="base64">bm90IGEgcGljdHVyZQ==</file>
      <feedback format="html"><text></text></feedback>
    </answer>
  </question>"""
