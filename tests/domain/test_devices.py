"""What a browser says of itself, in the words of its owner."""

import pytest

from quizapp.domain.devices import in_words

ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (ANDROID + "Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome trên Android"),
        (ANDROID + "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet trên Android"),
        (ANDROID + "Version/4.0 Chrome/126.0 Mobile Safari/537.36 Zalo android/24060", "Zalo trên Android"),
        (IPHONE + "Version/17.5 Mobile/15E148 Safari/604.1", "Safari trên iPhone"),
        (IPHONE + "CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome trên iPhone"),
        (WINDOWS + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge trên Windows"),
        (WINDOWS + "coc_coc_browser/126.0 Chrome/120.0 Safari/537.36", "Cốc Cốc trên Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox trên Windows"),
        (MAC + "Version/17.5 Safari/605.1.15", "Safari trên máy Mac"),
        (LINUX + "HeadlessChrome/126.0.0.0 Safari/537.36", "Chrome trên Linux"),
        ("Werkzeug/3.1", "Thiết bị chưa rõ"),
        ("", "Thiết bị chưa rõ"),
    ],
)
def test_a_device_is_called_as_its_owner_calls_it(user_agent, words):
    assert in_words(user_agent) == words
