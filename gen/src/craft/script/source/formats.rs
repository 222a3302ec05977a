//! f-strings as calls: `f"{p.ttl:02x}"` is `_format_("{:02x}",(p.ttl))`.

/// The call that a literal with values in it stands for; `None` where its braces do not match, for the host to say so.
pub(super) fn call(literal: &str, letters: &str, spelled: impl Fn(&str) -> String) -> Option<String> {
    let quote = literal.find(['"', '\''])?;
    let mut template = letters.replace('f', "");
    let mut values = String::new();
    let mut rest = literal.get(quote..)?;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        template.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            template.push_str(from.get(..2)?);
            rest = after;
            continue;
        }
        let inside = from.strip_prefix('{')?;
        let end = value_end(inside)?;
        let (mut value, after) = inside.split_at(end);
        let (format, after) = after.split_at(format_end(after)?);
        let after = after.get(1..)?;
        // a width may be a value too: it is taken behind the one that it is of
        let (mut spec, mut widths, mut left) = (String::new(), String::new(), format);
        while let Some((before, from)) = left.split_once('{') {
            let (width, behind) = from.split_at(value_end(from)?);
            spec.push_str(before);
            spec.push_str("{}");
            widths.push_str(&format!(",({})", spelled(width.trim())));
            left = behind.strip_prefix('}')?;
        }
        spec.push_str(left);
        let mut format = spec.as_str();
        let shown = value.trim_end().strip_suffix('=').filter(|value| !value.ends_with(['=', '!', '<', '>']));
        if let Some(named) = shown {
            template.push_str(value);
            value = named;
            format = if format.is_empty() { "!r" } else { format };
        }
        template.push('{');
        template.push_str(format);
        template.push('}');
        values.push_str(&format!(",({})", spelled(value.trim()).replace('\n', " ")));
        values.push_str(&widths);
        rest = after;
    }
    template.push_str(rest);
    Some(format!("_format_({template}{values})"))
}

/// Where a format ends: at the brace that closes it.
fn format_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|octet| match octet {
        b'{' => {
            depth += 1;
            false
        }
        b'}' if depth > 0 => {
            depth -= 1;
            false
        }
        octet => octet == b'}',
    })
}

/// Where a value ends within its braces: at `!r`, `:` or `}`.
fn value_end(inside: &str) -> Option<usize> {
    let octets = inside.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(octet) = octets.get(at) {
        match octet {
            b'"' | b'\'' => {
                at = nettool_plugins::limits::behind_string(octets, at);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' if depth > 0 => depth -= 1,
            b'}' | b':' if depth == 0 => return Some(at),
            b'!' if depth == 0 && octets.get(at + 1) != Some(&b'=') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}
