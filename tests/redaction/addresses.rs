//! E-mail and IP addresses, from ranges reserved for examples.

use super::{finds, found, leaves};
use tollgate::redaction::Kind;

#[test]
fn e_mail_addresses_are_found() {
    finds(
        Kind::Email,
        &[
            ("alice@example.com", "alice@example.com"),
            ("Write to <bob.smith+tag@mail.example.org>, please.", "bob.smith+tag@mail.example.org"),
            ("mailto:carol_c@example.co.uk?subject=hi", "carol_c@example.co.uk"),
            ("Ask dave@example.net.", "dave@example.net"),
            ("(eve@example.com)", "eve@example.com"),
            (r#"{"to":"frank@example.com","cc":null}"#, "frank@example.com"),
            (r#"{\"to\":\"grace@example.com\"}"#, "grace@example.com"),
            (r"first\nheidi@example.com\nlast", "heidi@example.com"),
            (r"\u003civan@example.com\u003e", "ivan@example.com"),
            ("**judy@example.com** and `more`", "judy@example.com"),
            ("_kim@example.com_", "kim@example.com"),
            ("user=leo@example.com;role=admin", "leo@example.com"),
            ("2024-05-01T10:00:00Z login mallory@example.com ok", "mallory@example.com"),
            ("连络niaj@example.com谢谢", "niaj@example.com"),
            ("メールはolivia@example.comです", "olivia@example.com"),
            ("josé.garcía@example.es", "josé.garcía@example.es"),
            ("пётр@пример.рф", "пётр@пример.рф"),
            ("用户@例子.广告", "用户@例子.广告"),
            ("DE12用户@例子.广告", "用户@例子.广告"),
            ("संपर्क@उदाहरण.भारत", "संपर्क@उदाहरण.भारत"),
            ("peggy@xn--bcher-kva.example", "peggy@xn--bcher-kva.example"),
            ("quentin@example.xn--p1ai", "quentin@example.xn--p1ai"),
            ("o'neil@example.ie", "o'neil@example.ie"),
            ("'rupert@example.com'", "rupert@example.com"),
            ("sybil@163.com", "sybil@163.com"),
            ("...trent@example.com...", "trent@example.com"),
            ("UPPER.CASE@EXAMPLE.COM", "UPPER.CASE@EXAMPLE.COM"),
            ("415-555-2671@example.com", "415-555-2671@example.com"),
            ("a@b.co", "a@b.co"),
            ("https://victor@example.com/path", "victor@example.com"),
            ("walter@example.com-owned", "walter@example.com"),
            ("yan@example.com2024-01-02", "yan@example.com"),
            ("zoe@2x.example", "zoe@2x.example"),
            ("Re:😀xena@example.com😀", "xena@example.com"),
        ],
    );
    let local = "l".repeat(64);
    let longest = format!("{local}@example.com");
    finds(Kind::Email, &[(&longest, &longest)]);
}

#[test]
fn what_only_looks_like_an_e_mail_address_is_left() {
    leaves(
        Kind::Email,
        &[
            "@alice thanks",
            "a@b",
            "user@host",
            "@app.route('/x')",
            "    @property\n    def name(self):",
            "npm install @scope/pkg@1.2.3",
            "lodash@4.17.21",
            "react@18.2.0-canary.abc",
            "git clone git@github.com:org/repo.git",
            "src=\"logo@2x.png\"",
            "@media (min-width: 10em)",
            "email@",
            "@ example.com",
            "a @ b.co",
            "foo@@example.com",
            "x@.com",
            "x@-example.com",
            "x@example.c",
            "x@example.123",
            "SELECT @id, @@version",
            "price @ 5.99",
            "[EMAIL_1]@example.com",
        ],
    );
    let long = format!("{}@example.com", "l".repeat(65));
    let label = format!("a@{}.com", "d".repeat(64));
    leaves(Kind::Email, &[&long, &label]);
}

#[test]
fn ip_addresses_are_found() {
    finds(
        Kind::IpAddress,
        &[
            ("192.0.2.1", "192.0.2.1"),
            ("10.0.0.1", "10.0.0.1"),
            ("http://198.51.100.7:8080/x", "198.51.100.7"),
            ("203.0.113.9/24", "203.0.113.9"),
            ("from 203.0.113.9.", "203.0.113.9"),
            ("ip=203.0.113.255,", "203.0.113.255"),
            (r#"{"ip":"203.0.113.9"}"#, "203.0.113.9"),
            (r"log\n203.0.113.9 - - [10/Oct/2000:13:55:36 -0700]", "203.0.113.9"),
            ("`203.0.113.9`", "203.0.113.9"),
            ("_203.0.113.9_", "203.0.113.9"),
            ("地址203.0.113.9。", "203.0.113.9"),
            ("203.0.113.9.example.com", "203.0.113.9"),
            ("after conversion 203.0.113.9", "203.0.113.9"),
            ("version 2 runs on 203.0.113.9", "203.0.113.9"),
            ("CONVERSION 203.0.113.9", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:db8:0:0:8:800:200c:417a", "2001:db8:0:0:8:800:200c:417a"),
            ("2001:DB8::8:800:200C:417A", "2001:DB8::8:800:200C:417A"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8::"),
            ("2001:db8::12345", "2001:db8::"),
            ("fe80::1ff:fe23:4567:890a%eth2", "fe80::1ff:fe23:4567:890a%eth2"),
            ("::ffff:192.0.2.128", "::ffff:192.0.2.128"),
            ("64:ff9b::192.0.2.33.", "64:ff9b::192.0.2.33"),
            ("addr:2001:db8::1", "2001:db8::1"),
            ("server1:2001:db8::1", "2001:db8::1"),
            ("see 2001:db8::1: it is down", "2001:db8::1"),
            ("地址2001:db8::1。", "2001:db8::1"),
            ("dead:beef::cafe", "dead:beef::cafe"),
            (r"x\n2001:db8::1\n", "2001:db8::1"),
        ],
    );
    assert_eq!(found(Kind::IpAddress, "10.0.0.1-10.0.0.9"), ["10.0.0.1", "10.0.0.9"]);
    assert_eq!(found(Kind::IpAddress, "2001:db8::1-2001:db8::9"), ["2001:db8::1", "2001:db8::9"]);
}

#[test]
fn what_only_looks_like_an_ip_address_is_left() {
    leaves(
        Kind::IpAddress,
        &[
            "1.2.3.4.5",
            "1.2.3",
            "256.1.1.1",
            "v1.2.3.4",
            "version 1.2.3.4",
            "Version=\"4.0.1.0\"",
            "AssemblyVersion: '4.0.1.7'",
            "APP_VERSION=1.2.3.4",
            "Chrome/120.0.0.0 Safari/537.36",
            "10.0.0.0/8",
            "120.0.6099.109",
            "01.02.03.04",
            "lib.1.2.3.4",
            "1.2.3.4a",
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "::1",
            "::ffff:127.0.0.1",
            "::",
            "12:30:45",
            "2024-01-02T12:30:45",
            "std::vec<int>",
            "a::b::c",
            "dead::beef",
            "fe80::method()",
            "abc::def",
            "00:1a:2b:3c:4d:5e",
            "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99",
            "ratio 16:9",
            "{\"a\":1,\"b\":2}",
            "key: value",
            "::::::::",
            "1:2:3:4:5:6:7",
            "[IP_ADDRESS_1]",
        ],
    );
}
