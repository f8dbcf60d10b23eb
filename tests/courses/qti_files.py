"""QTI items in the shape of the specification's own examples and of TAO, in 2.1, 2.2 and 3.0; the words are ours."""

import io
import zipfile

V21, V22 = "http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/imsqti_v2p2"
V30 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
RP = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


def item(declared: str, body: str, after: str = "", space: str = V21, about: str = 'adaptive="false"') -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="{space}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="{space} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
  identifier="cau-mau" title="Câu mẫu" timeDependent="false" {about}>
{declared}
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <itemBody>
{body}
  </itemBody>
{after}
</assessmentItem>"""


def declared(
    correct: str, cardinality: str = "single", base: str = "identifier", mapped: str = "", name: str = "RESPONSE"
) -> str:
    values = "".join(f"<value>{value}</value>" for value in correct.split("|") if value)
    entries = "".join(
        '<mapEntry mapKey="{}" mappedValue="{}"/>'.format(*entry.split("=")) for entry in mapped.split("|") if entry
    )
    mapping = f'<mapping lowerBound="0" upperBound="1" defaultValue="0">{entries}</mapping>' if entries else ""
    right = f"<correctResponse>{values}</correctResponse>" if values else ""
    said = f'identifier="{name}" cardinality="{cardinality}" baseType="{base}"'
    return f"<responseDeclaration {said}>{right}{mapping}</responseDeclaration>"


def template(name: str) -> str:
    return f'<responseProcessing template="{RP}{name}"/>'


def choice(most: str = "1", choices: str = "A=Trả lại|B=Giữ lấy|C=Cho người khác", shuffle: str = "true") -> str:
    told = "".join(
        '<simpleChoice identifier="{}">{}</simpleChoice>'.format(*one.split("=", 1)) for one in choices.split("|")
    )
    return f"""<p>Được tặng quà.</p>
<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" maxChoices="{most}">
  <prompt>Phải làm <em>gì</em>?</prompt>{told}
</choiceInteraction>"""


SINGLE = item(declared("A"), choice(), template("match_correct"))
MULTIPLE = item(declared("A|C", "multiple"), choice("0"), template("match_correct"))
MAPPED = item(
    declared("A|C", "multiple", mapped="A=1|C=1|B=-2"),
    choice("0"),
    template("map_response"),
    V22,
)
TRUE_FALSE = item(declared("false"), choice(choices="true=Đúng|false=Sai"), template("match_correct"))
ORDER = item(
    declared("B|A|C", "ordered"),
    """<orderInteraction responseIdentifier="RESPONSE" shuffle="true"><prompt>Xếp lại</prompt>
<simpleChoice identifier="A">Hai</simpleChoice><simpleChoice identifier="B">Một</simpleChoice>
<simpleChoice identifier="C" fixed="true">Ba</simpleChoice></orderInteraction>""",
    template("match_correct"),
)
MATCH = item(
    declared("C R|P T", "multiple", "directedPair", "C R=1|P T=0.5"),
    """<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="2"><prompt>Ghép</prompt>
<simpleMatchSet><simpleAssociableChoice identifier="C" matchMax="1">Quà</simpleAssociableChoice>
<simpleAssociableChoice identifier="P" matchMax="1">Tài sản</simpleAssociableChoice></simpleMatchSet>
<simpleMatchSet><simpleAssociableChoice identifier="M" matchMax="4">Giữ</simpleAssociableChoice>
<simpleAssociableChoice identifier="R" matchMax="4">Trả lại</simpleAssociableChoice>
<simpleAssociableChoice identifier="T" matchMax="4">Kê khai</simpleAssociableChoice></simpleMatchSet></matchInteraction>""",
    template("map_response"),
)
INLINE = item(
    declared("Y") + declared("G", name="R2"),
    """<p>Phải <inlineChoiceInteraction responseIdentifier="RESPONSE" shuffle="false">
<inlineChoice identifier="X">giữ</inlineChoice><inlineChoice identifier="Y">trả</inlineChoice></inlineChoiceInteraction>
trong <inlineChoiceInteraction responseIdentifier="R2" shuffle="false"><inlineChoice identifier="G">5</inlineChoice>
<inlineChoice identifier="H">9</inlineChoice></inlineChoiceInteraction> ngày {làm việc}.</p>""",
    template("match_correct"),
)
GAP_MATCH = item(
    declared("W G1|S G2", "multiple", "directedPair", "W G1=1|S G2=2"),
    """<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="false"><prompt>Điền vào</prompt>
<gapText identifier="W" matchMax="1">báo cáo</gapText><gapText identifier="S" matchMax="1">nộp lại</gapText>
<gapText identifier="X" matchMax="1">giữ</gapText>
<blockquote><p>Phải <gap identifier="G1"/> rồi <gap identifier="G2"/>.</p></blockquote></gapMatchInteraction>""",
    template("map_response"),
)
TEXT = item(
    declared("York", base="string", mapped="York=1|york=0.5"),
    '<p>Nơi ấy là <textEntryInteraction responseIdentifier="RESPONSE" expectedLength="15"/>.</p>',
    template("map_response"),
)
NUMBER = item(
    declared("3.14", base="float"),
    '<p>Số pi?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>',
    """<responseProcessing><responseCondition><responseIf><equal toleranceMode="absolute" tolerance="0.01 0.01">
<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
</responseIf></responseCondition></responseProcessing>""",
)
EXTENDED = item(
    declared("", base="string"),
    '<extendedTextInteraction responseIdentifier="RESPONSE"><prompt>Viết</prompt></extendedTextInteraction>',
)
FEEDBACK = item(
    declared("A"),
    choice(
        choices='A=Trả lại<feedbackInline outcomeIdentifier="F" identifier="A" showHide="show">Phải.</feedbackInline>|B=Giữ'
    ),
    """<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE"/>
<baseValue baseType="identifier">B</baseValue></match><setOutcomeValue identifier="FEEDBACK">
<baseValue baseType="identifier">giu</baseValue></setOutcomeValue></responseIf></responseCondition>
<responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition>
</responseProcessing>
<modalFeedback outcomeIdentifier="FEEDBACK" identifier="giu" showHide="show">Không được giữ.</modalFeedback>
<modalFeedback outcomeIdentifier="FEEDBACK" identifier="chung" showHide="show"><p>Theo <b>Điều 25</b>.</p></modalFeedback>""",
)
V3 = f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="{V30}" identifier="cau-3" title="Câu 3.0" time-dependent="false" xml:lang="vi">
  <qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">
    <qti-correct-response><qti-value>A</qti-value><qti-value>B</qti-value></qti-correct-response>
    <qti-mapping default-value="-1" lower-bound="0"><qti-map-entry map-key="A" mapped-value="1"/>
      <qti-map-entry map-key="B" mapped-value="3"/></qti-mapping>
  </qti-response-declaration>
  <qti-outcome-declaration identifier="FEEDBACK" cardinality="multiple" base-type="identifier"/>
  <qti-item-body>
    <qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="0">
      <qti-prompt>Chọn các việc đúng</qti-prompt>
      <qti-simple-choice identifier="A">Một</qti-simple-choice>
      <qti-simple-choice identifier="B">Hai</qti-simple-choice>
      <qti-simple-choice identifier="C">Ba</qti-simple-choice>
    </qti-choice-interaction>
  </qti-item-body>
  <qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>
  <qti-modal-feedback outcome-identifier="FEEDBACK" show-hide="show" identifier="C">
    <qti-content-body><p>Ba là chưa đúng.</p></qti-content-body>
  </qti-modal-feedback>
</qti-assessment-item>"""


def manifest(*resources: str, version: str = "imscp_v1p1") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/{version}" xmlns:imsmd="http://www.imsglobal.org/xsd/imsmd_v1p2" identifier="M1">
  <metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>
  <organizations/>
  <resources>{"".join(resources)}</resources>
</manifest>"""


def resource(href: str, kind: str = "imsqti_item_xmlv2p1", about: str = "") -> str:
    return (
        f'<resource identifier="r{abs(hash(href))}" type="{kind}" href="{href}">{about}<file href="{href}"/></resource>'
    )


def package(files: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()
