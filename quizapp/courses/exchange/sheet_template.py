"""Tệp mẫu của bảng tính câu hỏi: a made-up question of each kind."""

from quizapp.domain.interchange import RIGHT, WRONG, Offered, OfferedOption, OfferedPair

_PROVISION, _OBJECTIVE = "144-qd-tw#dieu-3.liem", "nhan-ra"


def _option(text: str, weight: float = 0, why: str | None = None) -> OfferedOption:
    return OfferedOption(text=text, weight=weight, feedback=why)


EXAMPLES = (
    Offered(
        kind="single",
        situation="Người dân để lại phong bì sau khi nhận kết quả.",
        text="Công chức nên làm gì?",
        options=(
            _option("Trả lại ngay và báo người phụ trách", 100, "Trả lại ngay thì việc công không bị ràng buộc."),
            _option("Giữ lại rồi trả vào dịp khác", 0, "Giữ lại là đã nhận."),
            _option("Chia cho mọi người trong phòng", 0, "Chia nhau không làm món tiền thành hợp lệ."),
        ),
        provision=_PROVISION,
        objective=_OBJECTIVE,
        level="van_dung",
    ),
    Offered(
        kind="multiple",
        text="Những việc nào là giữ chữ liêm?",
        options=(
            _option("Từ chối quà liên quan công vụ", 50, "Quà liên quan công vụ phải từ chối."),
            _option("Dùng xe công vào việc riêng", 0, "Xe công chỉ dùng cho việc công."),
            _option("Công khai phí và thời hạn", 50, "Công khai thì không ai phải hỏi riêng."),
        ),
        provision=_PROVISION,
        objective=_OBJECTIVE,
        level="hieu",
    ),
    Offered(
        kind="true_false",
        text="Quà dưới 500.000 đồng liên quan công vụ thì được nhận.",
        options=(
            _option(RIGHT, 0, "Không có mức tiền nào như vậy."),
            _option(WRONG, 100, "Quà liên quan công vụ thì không được nhận, dù ít."),
        ),
    ),
    Offered(
        kind="matching",
        text="Ghép mỗi việc với chữ tương ứng.",
        pairs=(
            OfferedPair(left="Không nhận quà", right="liêm"),
            OfferedPair(left="Tắt đèn khi ra về", right="kiệm"),
            OfferedPair(left="", right="dũng"),
        ),
        feedback="Liêm là không tham, kiệm là không lãng phí.",
    ),
    Offered(
        kind="ordering",
        text="Xếp các bước khi được đưa quà.",
        options=tuple(_option(one, 100) for one in ("Từ chối", "Báo người phụ trách", "Ghi vào sổ")),
        feedback="Từ chối trước, báo và ghi sau.",
    ),
    Offered(
        kind="short", text="Viết tắt của “cán bộ, công chức”?", options=(_option("CBCC", 100),), feedback="Lấy chữ đầu."
    ),
    Offered(
        kind="number",
        text="Quy định 144 nêu mấy chuẩn mực?",
        options=(_option("5", 100),),
        tolerance=0,
        feedback="Năm chuẩn mực.",
    ),
    Offered(
        kind="gaps",
        text="Cần, kiệm, {1}, chính, chí công vô {2}.",
        gaps=((_option("liêm", 100), _option("nghiêm")), (_option("tư", 100), _option("lợi"))),
        feedback="Câu của Quy định 144, Điều 3.",
    ),
)
