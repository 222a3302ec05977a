//! Text of an expression to tokens with their places.
//!
//! The longest match wins, as in pcap-filter(7): `len-14` is one name, `1-2` is a port range, twelve hexadecimal
//! digits are a hardware address. Never fails on length or content; what is no token is an error with its place.

use super::error::{Error, Span};

/// One token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Token {
    /// A word in lower case that the language knows.
    Word(&'static str),
    /// Any other name, and a word behind a backslash.
    Name(String),
    Number(u32),
    /// Two to four dotted numbers.
    Ipv4 {
        address: u32,
        bits: u8,
    },
    Ipv6(u128),
    Ether([u8; 6]),
    Octet(u8),
    /// `@name`, a list that the caller reads.
    List(String),
    And,
    Or,
    Not,
    /// A sign, by its text.
    Sign(&'static str),
    End,
}

/// A token and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// Words that may stand behind the name of a protocol.
pub(crate) const QUALIFIERS: &[&str] = &[
    "src",
    "dst",
    "host",
    "net",
    "port",
    "portrange",
    "proto",
    "protochain",
    "gateway",
    "broadcast",
    "multicast",
    "type",
    "subtype",
    "dir",
    "direction",
    "addr1",
    "addr2",
    "addr3",
    "addr4",
    "address1",
    "address2",
    "address3",
    "address4",
    "ra",
    "ta",
];

/// Other words with a meaning of their own, apart from names of protocols.
const WORDS: &[&str] = &[
    "mask",
    "less",
    "greater",
    "byte",
    "len",
    "length",
    "inbound",
    "outbound",
    "ifindex",
    "vlan",
    "mpls",
    "pppoed",
    "pppoes",
    "geneve",
    "vxlan",
    "lane",
    "metac",
    "bcc",
    "oam",
    "oamf4",
    "oamf4ec",
    "oamf4sc",
    "sc",
    "ilmic",
    "vpi",
    "vci",
    "connectmsg",
    "metaconnect",
    "on",
    "ifname",
    "rset",
    "ruleset",
    "rnr",
    "rulenum",
    "srnr",
    "subrulenum",
    "reason",
    "action",
    "fisu",
    "lssu",
    "lsu",
    "msu",
    "hfisu",
    "hlssu",
    "hmsu",
    "sio",
    "opc",
    "dpc",
    "sls",
    "hsio",
    "hopc",
    "hdpc",
    "hsls",
    "llc",
];

/// Names that stand for numbers (ICMP and ICMPv6 types, TCP flags and where to find them).
const NUMBERS: &[(&str, u32)] = &[
    ("icmptype", 0),
    ("icmpcode", 1),
    ("icmp-echoreply", 0),
    ("icmp-unreach", 3),
    ("icmp-sourcequench", 4),
    ("icmp-redirect", 5),
    ("icmp-echo", 8),
    ("icmp-routeradvert", 9),
    ("icmp-routersolicit", 10),
    ("icmp-timxceed", 11),
    ("icmp-paramprob", 12),
    ("icmp-tstamp", 13),
    ("icmp-tstampreply", 14),
    ("icmp-ireq", 15),
    ("icmp-ireqreply", 16),
    ("icmp-maskreq", 17),
    ("icmp-maskreply", 18),
    ("icmp6type", 0),
    ("icmp6code", 1),
    ("icmp6-destinationunreach", 1),
    ("icmp6-packettoobig", 2),
    ("icmp6-timeexceeded", 3),
    ("icmp6-parameterproblem", 4),
    ("icmp6-echo", 128),
    ("icmp6-echoreply", 129),
    ("icmp6-multicastlistenerquery", 130),
    ("icmp6-multicastlistenerreportv1", 131),
    ("icmp6-multicastlistenerdone", 132),
    ("icmp6-routersolicit", 133),
    ("icmp6-routeradvert", 134),
    ("icmp6-neighborsolicit", 135),
    ("icmp6-neighboradvert", 136),
    ("icmp6-redirect", 137),
    ("icmp6-routerrenum", 138),
    ("icmp6-nodeinformationquery", 139),
    ("icmp6-nodeinformationresponse", 140),
    ("icmp6-ineighbordiscoverysolicit", 141),
    ("icmp6-ineighbordiscoveryadvert", 142),
    ("icmp6-multicastlistenerreportv2", 143),
    ("icmp6-homeagentdiscoveryrequest", 144),
    ("icmp6-homeagentdiscoveryreply", 145),
    ("icmp6-mobileprefixsolicit", 146),
    ("icmp6-mobileprefixadvert", 147),
    ("icmp6-certpathsolicit", 148),
    ("icmp6-certpathadvert", 149),
    ("icmp6-multicastrouteradvert", 151),
    ("icmp6-multicastroutersolicit", 152),
    ("icmp6-multicastrouterterm", 153),
    ("tcpflags", 13),
    ("tcp-fin", 1),
    ("tcp-syn", 2),
    ("tcp-rst", 4),
    ("tcp-push", 8),
    ("tcp-ack", 16),
    ("tcp-urg", 32),
    ("tcp-ece", 64),
    ("tcp-cwr", 128),
];

/// Names that `ether proto` knows: EtherTypes, and 802.2 service access points up to 255.
pub(crate) const ETHER_NAMES: &[(&str, u32)] = &[
    ("aarp", 0x80f3),
    ("arp", 0x0806),
    ("atalk", 0x809b),
    ("decnet", 0x6003),
    ("ip", 0x0800),
    ("ip6", 0x86dd),
    ("lat", 0x6004),
    ("lldp", 0x88cc),
    ("loopback", 0x9000),
    ("mopdl", 0x6001),
    ("moprc", 0x6002),
    ("rarp", 0x8035),
    ("sca", 0x6007),
    ("slow", 0x8809),
    ("iso", 0xfe),
    ("stp", 0x42),
    ("ipx", 0xe0),
    ("netbeui", 0xf0),
];

const SIGNS: &[&str] = &[
    "<<", ">>", "<=", ">=", "!=", "==", "&&", "||", "<", ">", "=", "!", "+", "-", "*", "/", "%", "&", "|",
    "^", "(", ")", "[", "]", ":", "{", "}", ",",
];

fn words() -> impl Iterator<Item = &'static str> {
    QUALIFIERS.iter().chain(WORDS).copied()
}

/// Every word that the language knows, for finding the nearest.
pub(crate) fn known_words() -> impl Iterator<Item = &'static str> {
    let logic = ["and", "or", "not"];
    words()
        .chain(super::ast::Protocol::WORDS.iter().copied())
        .chain(NUMBERS.iter().map(|(name, _)| *name))
        .chain(logic)
}

/// The value of a named number.
pub(crate) fn named_number(word: &str) -> Option<u32> {
    NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// Cuts the text into tokens; the last is [`Token::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Lexeme>, Error> {
    let octets = text.as_bytes();
    let mut lexemes = Vec::new();
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        if matches!(octet, b' ' | b'\t' | b'\r' | b'\n') {
            at += 1;
            continue;
        }
        let (token, length) = next(text, at)?;
        lexemes.push(Lexeme { token, span: Span::new(at, at + length) });
        at += length;
    }
    lexemes.push(Lexeme { token: Token::End, span: Span::new(text.len(), text.len()) });
    Ok(lexemes)
}

fn run(rest: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    rest.iter().take_while(|octet| belongs(**octet)).count()
}

fn next(text: &str, at: usize) -> Result<(Token, usize), Error> {
    let rest = &text[at..];
    let octets = rest.as_bytes();
    let first = octets.first().copied().unwrap_or(b' ');
    if let Some(found) = colons(rest, at)? {
        return Ok(found);
    }
    match first {
        b'\\' => {
            let length =
                run(&octets[1..], |o| !matches!(o, b' ' | b'!' | b'(' | b')' | b'\n' | b'\t' | b'\r'));
            if length > 0 {
                return Ok((Token::Name(rest[1..=length].to_owned()), length + 1));
            }
        }
        b'@' => {
            let length = run(&octets[1..], |o| !matches!(o, b' ' | b')' | b'}' | b'\n' | b'\t' | b'\r'));
            if length > 0 {
                return Ok((Token::List(rest[1..=length].to_owned()), length + 1));
            }
        }
        b'$' => {
            let length = run(&octets[1..], |o| o.is_ascii_hexdigit()).min(2);
            if let Ok(value) = u8::from_str_radix(&rest[1..=length], 16) {
                return Ok((Token::Octet(value), length + 1));
            }
        }
        _ if first.is_ascii_alphanumeric() => {
            let whole = run(octets, |o| o.is_ascii_alphanumeric() || matches!(o, b'-' | b'_' | b'.'));
            let length = rest[..whole].trim_end_matches(['-', '_']).len();
            let word = &rest[..length];
            return Ok((word_token(word, Span::new(at, at + length))?, length));
        }
        _ => {}
    }
    for sign in SIGNS {
        if rest.starts_with(sign) {
            let token = match *sign {
                "&&" => Token::And,
                "||" => Token::Or,
                "!" => Token::Not,
                "==" => Token::Sign("="),
                other => Token::Sign(other),
            };
            return Ok((token, sign.len()));
        }
    }
    let shown = rest.chars().next().unwrap_or(' ');
    let span = Span::new(at, at + shown.len_utf8());
    let visible = if shown.is_control() { shown.escape_default().to_string() } else { shown.to_string() };
    let error = Error::new(span, format!("`{visible}` has no meaning here"));
    Err(error.mended(match shown {
        '"' | '\'' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
            Some("quotes are for the shell, around the whole expression".to_owned())
        }
        '–' | '—' | '−' => Some("write `-`".to_owned()),
        '\u{a0}' => Some("it is a blank that does not break lines: write a plain one".to_owned()),
        '≤' => Some("write `<=`".to_owned()),
        '≥' => Some("write `>=`".to_owned()),
        '≠' => Some("write `!=`".to_owned()),
        '#' | ';' => Some("there are no comments".to_owned()),
        _ if !shown.is_ascii() => Some("names are of ASCII letters, digits, `-`, `_` and `.`".to_owned()),
        _ => None,
    }))
}

/// A hardware address or IPv6 address written with colons.
fn colons(rest: &str, at: usize) -> Result<Option<(Token, usize)>, Error> {
    let length = run(rest.as_bytes(), |o| o.is_ascii_hexdigit() || matches!(o, b':' | b'.'));
    let word = rest[..length].trim_end_matches('.');
    // Where digits of other bases stand between the colons, it is no address, but meant to be one.
    let meant = run(rest.as_bytes(), |o| o.is_ascii_alphanumeric() || matches!(o, b':' | b'.'));
    let colons = |text: &str| text.bytes().filter(|o| *o == b':').count();
    if colons(word) < 2 && colons(&rest[..meant]) < 3 {
        return Ok(None);
    }
    let wrong = |word: &str| {
        let span = Span::new(at, at + word.len());
        Error::new(span, format!("`{word}` is neither an IPv6 address nor a hardware address"))
    };
    if meant > length {
        return Err(wrong(&rest[..meant]));
    }
    if let Some(address) = ether(word, ':') {
        return Ok(Some((Token::Ether(address), word.len())));
    }
    match word.parse::<std::net::Ipv6Addr>() {
        Ok(address) => Ok(Some((Token::Ipv6(address.to_bits()), word.len()))),
        Err(_) => Err(wrong(word)),
    }
}

fn ether(word: &str, separator: char) -> Option<[u8; 6]> {
    let mut address = [0; 6];
    let mut parts = word.split(separator);
    for octet in &mut address {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 2 {
            return None;
        }
        *octet = u8::from_str_radix(part, 16).ok().filter(|_| part.bytes().all(|o| o.is_ascii_hexdigit()))?;
    }
    parts.next().is_none().then_some(address)
}

/// `xxxx.xxxx.xxxx`, or twelve digits.
fn ether_words(word: &str) -> Option<[u8; 6]> {
    let parts: Vec<&str> = word.split('.').collect();
    let form = match parts.as_slice() {
        [a, b, c] => [a, b, c].iter().all(|part| part.len() == 4),
        [all] => all.len() == 12,
        _ => false,
    };
    let digits = parts.concat();
    if !form || !digits.bytes().all(|o| o.is_ascii_hexdigit()) {
        return None;
    }
    let value = u64::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    let [_, _, address @ ..] = value;
    Some(address)
}

fn number(word: &str) -> Option<Result<u32, &'static str>> {
    let (digits, radix) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(hex) if !hex.is_empty() && hex.bytes().all(|o| o.is_ascii_hexdigit()) => (hex, 16),
        Some(_) => return None,
        None if !word.bytes().all(|o| o.is_ascii_digit()) => return None,
        None if word.len() > 1 && word.starts_with('0') => (&word[1..], 8),
        None => (word, 10),
    };
    Some(u32::from_str_radix(digits, radix).map_err(|_| {
        if radix == 8 && digits.bytes().any(|o| o > b'7') {
            "has a leading 0, which makes it octal, and a digit that octal numbers do not have"
        } else {
            "does not fit in 32 bits"
        }
    }))
}

fn is_number(word: &str) -> bool {
    let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    match hex {
        Some(hex) => !hex.is_empty() && hex.bytes().all(|o| o.is_ascii_hexdigit()),
        None => !word.is_empty() && word.bytes().all(|o| o.is_ascii_digit()),
    }
}

/// Area and node of a DECnet address, six and ten bits.
pub(crate) fn decnet_address(word: &str) -> Option<(u32, u32)> {
    let (area, node) = word.split_once('.')?;
    let part = |text: &str, most: u32| text.parse().ok().filter(|value| *value <= most && is_number(text));
    Some((part(area, 63)?, part(node, 1023)?))
}

fn dotted(word: &str, span: Span) -> Option<Result<Token, Error>> {
    let parts: Vec<&str> = word.split('.').collect();
    if !(2..=4).contains(&parts.len()) || !parts.iter().all(|part| is_number(part)) {
        return None;
    }
    if decnet_address(word).is_some_and(|(_, node)| node > 255) {
        // It can be nothing else; what it stands behind decides.
        return Some(Ok(Token::Name(word.to_owned())));
    }
    let mut address: u32 = 0;
    for part in &parts {
        match part.parse::<u8>() {
            Ok(octet) => address = address << 8 | u32::from(octet),
            Err(_) => {
                let decnet = if parts.len() == 2 { "; DECnet addresses go up to 63.1023" } else { "" };
                let message = format!("`{part}` in `{word}` is no decimal number from 0 to 255{decnet}");
                return Some(Err(Error::new(span, message)));
            }
        }
    }
    Some(Ok(Token::Ipv4 { address, bits: parts.len() as u8 * 8 }))
}

fn word_token(word: &str, span: Span) -> Result<Token, Error> {
    let address = ether_words(word).or_else(|| ether(word, '-')).or_else(|| ether(word, '.'));
    if let Some(address) = address {
        return Ok(Token::Ether(address));
    }
    if let Some(value) = number(word) {
        return match value {
            Ok(value) => Ok(Token::Number(value)),
            Err(why) => Err(Error::new(span, format!("`{word}` {why}"))),
        };
    }
    if let Some(token) = dotted(word, span) {
        return token;
    }
    if let Some(value) = named_number(word) {
        return Ok(Token::Number(value));
    }
    match word {
        "and" => return Ok(Token::And),
        "or" => return Ok(Token::Or),
        "not" => return Ok(Token::Not),
        _ => {}
    }
    let known = words().chain(super::ast::Protocol::WORDS.iter().copied()).find(|known| *known == word);
    Ok(known.map_or_else(|| Token::Name(word.to_owned()), Token::Word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Token> {
        tokens(text).expect("tokens").into_iter().map(|lexeme| lexeme.token).collect()
    }

    #[test]
    fn the_longest_match_wins() {
        assert_eq!(all("len-14"), [Token::Name("len-14".into()), Token::End]);
        assert_eq!(all("80-90"), [Token::Name("80-90".into()), Token::End]);
        assert_eq!(all("tcp-syn"), [Token::Number(2), Token::End]);
        assert_eq!(all("010"), [Token::Number(8), Token::End]);
    }

    #[test]
    fn hardware_addresses_have_five_spellings() {
        let expected = [Token::Ether([0, 0x11, 0x22, 0x33, 0x44, 0x55]), Token::End];
        for text in [
            "00:11:22:33:44:55",
            "0:11:22:33:44:55",
            "00-11-22-33-44-55",
            "00.11.22.33.44.55",
            "0011.2233.4455",
        ] {
            assert_eq!(all(text), expected, "{text}");
        }
        assert_eq!(all("001122334455"), expected);
    }

    #[test]
    fn a_backslash_makes_a_name_of_a_keyword() {
        assert_eq!(all("\\tcp"), [Token::Name("tcp".into()), Token::End]);
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_place() {
        assert_eq!(tokens("port 09").unwrap_err().span, Span::new(5, 7));
        assert_eq!(tokens("len > 4294967296").unwrap_err().span, Span::new(6, 16));
        assert_eq!(tokens("host 1.2.3.0x4").unwrap_err().span, Span::new(5, 14));
        assert_eq!(tokens("host 1.2.3.256").unwrap_err().span, Span::new(5, 14));
    }

    #[test]
    fn colons_after_an_offset_are_no_address() {
        assert_eq!(all("ip[0:2]").len(), 7);
        assert_eq!(all("fe80::1"), [Token::Ipv6(0xfe80 << 112 | 1), Token::End]);
    }
}
