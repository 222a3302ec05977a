//! Programs from text: what `tcpdump -d`, `-dd` and `-ddd` print, what `bpf_asm` prints, and what it takes.
//!
//! [`read_program`] tells the forms apart by their first characters. Nothing is judged here beyond the text itself:
//! a program that was read may still be one that `check` refuses. Labelled text is read in two passes, so labels may
//! stand before or after their use; jumps of conditional branches reach 255 instructions forward.

use super::insn::{Instruction, ancillary, code};
use super::text::ASSEMBLER_EXTENSIONS;
use std::collections::HashMap;
use thiserror::Error;

/// Why a text is no program. Lines count from 1.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ReadError {
    /// No instruction in it.
    #[error("no instruction in it")]
    Empty,
    /// A word that is no instruction.
    #[error("line {line}: `{word}` is no instruction")]
    Word {
        /// Line of the text.
        line: usize,
        /// The word.
        word: String,
    },
    /// An operand that the instruction does not take.
    #[error("line {line}: `{operand}` is no operand of `{word}`")]
    Operand {
        /// Line of the text.
        line: usize,
        /// The instruction.
        word: String,
        /// What stands after it.
        operand: String,
    },
    /// A line that is not of the text's form.
    #[error("line {line}: expected {expected}")]
    Form {
        /// Line of the text.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A line whose number is not its place.
    #[error("line {line}: numbered {found}, but it is instruction {expected}")]
    Numbering {
        /// Line of the text.
        line: usize,
        /// The number that stands there.
        found: usize,
        /// The number that should.
        expected: usize,
    },
    /// The first line promises another number of instructions.
    #[error("the first line says {promised} instructions, {found} follow")]
    Count {
        /// What it says.
        promised: usize,
        /// What follows.
        found: usize,
    },
    /// A label that is used and nowhere set.
    #[error("line {line}: no label `{label}`")]
    NoLabel {
        /// Line of the text.
        line: usize,
        /// The label.
        label: String,
    },
    /// A label that is set twice.
    #[error("line {line}: label `{label}` is set a second time")]
    TwoLabels {
        /// Line of the text.
        line: usize,
        /// The label.
        label: String,
    },
    /// A conditional branch that goes back or further than 255 instructions.
    #[error("line {line}: a branch reaches 255 instructions forward, this one {distance}")]
    Distance {
        /// Line of the text.
        line: usize,
        /// How far it should go.
        distance: i64,
    },
}

/// Reads a program in any of the forms that [`text`](super::text) writes, or as `bpf_asm` prints it.
pub fn read_program(text: &str) -> Result<Vec<Instruction>, ReadError> {
    let start = text.trim_start();
    let first_line = start.lines().next().unwrap_or_default().trim();
    let program = if start.starts_with('{') {
        read_c_initialisers(text)
    } else if start.starts_with('(') {
        read_listing(text)
    } else if first_line.split_once(',').is_some_and(|(count, _)| count.parse::<usize>().is_ok()) {
        read_decimal(&start.trim_end().trim_end_matches(',').replace(',', "\n"))
    } else if first_line.starts_with(|c: char| c.is_ascii_digit()) {
        read_decimal(text)
    } else {
        read_assembly(text)
    }?;
    if program.is_empty() { Err(ReadError::Empty) } else { Ok(program) }
}

/// Lines that hold something, with their numbers.
fn filled_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).map(|(line, words)| (line, words.trim())).filter(|(_, words)| !words.is_empty())
}

fn number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return u32::from_str_radix(hex, 16).ok();
    }
    if let Some(binary) = lower.strip_prefix("0b") {
        return u32::from_str_radix(binary, 2).ok();
    }
    if let Some(negative) = lower.strip_prefix('-') {
        let value: i64 = negative.parse().ok()?;
        return i32::try_from(value.checked_neg()?).ok().map(i32::cast_unsigned);
    }
    match lower.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => u32::from_str_radix(octal, 8).ok(),
        _ => lower.parse().ok(),
    }
}

/// `-ddd`: a count, then `code jt jf k` a line.
fn read_decimal(text: &str) -> Result<Vec<Instruction>, ReadError> {
    let mut lines = filled_lines(text);
    let (_, count) = lines.next().ok_or(ReadError::Empty)?;
    let promised = count
        .parse::<usize>()
        .map_err(|_| ReadError::Form { line: 1, expected: "the number of instructions" })?;
    let mut program = Vec::new();
    for (line, words) in lines {
        program.push(four_numbers(words.split_whitespace()).ok_or(ReadError::Form {
            line,
            expected: "four numbers: code (16 bits), jt and jf (8 bits), k (32 bits)",
        })?);
    }
    if program.len() != promised {
        return Err(ReadError::Count { promised, found: program.len() });
    }
    Ok(program)
}

fn four_numbers<'a>(words: impl Iterator<Item = &'a str>) -> Option<Instruction> {
    let numbers: Vec<u32> = words.map(number).collect::<Option<_>>()?;
    let [code, jt, jf, k] = *numbers.as_slice() else { return None };
    Some(Instruction::new(u16::try_from(code).ok()?, u8::try_from(jt).ok()?, u8::try_from(jf).ok()?, k))
}

/// `-dd`: `{ 0x28, 0, 0, 0x0000000c },` a line.
fn read_c_initialisers(text: &str) -> Result<Vec<Instruction>, ReadError> {
    filled_lines(text)
        .map(|(line, words)| {
            words
                .trim_end_matches(',')
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
                .and_then(|inside| four_numbers(inside.split(',').map(str::trim)))
                .ok_or(ReadError::Form { line, expected: "`{ code, jt, jf, k },`" })
        })
        .collect()
}

/// `-d`: `(000) ldh      [12]`, with absolute jump targets.
fn read_listing(text: &str) -> Result<Vec<Instruction>, ReadError> {
    let mut program = Vec::new();
    for (line, words) in filled_lines(text) {
        let parsed = words
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .and_then(|(place, rest)| Some((place.parse::<usize>().ok()?, rest.trim())));
        let (found, rest) = parsed.ok_or(ReadError::Form { line, expected: "`(NUMBER) instruction`" })?;
        if found != program.len() {
            return Err(ReadError::Numbering { line, found, expected: program.len() });
        }
        program.push(listed(line, program.len(), rest)?);
    }
    Ok(program)
}

/// One instruction of a listing, without its number.
fn listed(line: usize, at: usize, rest: &str) -> Result<Instruction, ReadError> {
    let (word, operand) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let operand = operand.trim();
    if let Some(number) = branch_code(word) {
        let words: Vec<&str> = operand.split_whitespace().collect();
        let [value, "jt", jt, "jf", jf] = words.as_slice() else {
            return Err(ReadError::Form { line, expected: "`jt NUMBER` and `jf NUMBER`" });
        };
        let (number, k) = branch_operand(number, value).ok_or_else(|| bad_operand(line, word, operand))?;
        let distance = |target: &str| -> Result<u8, ReadError> {
            let target: i64 = target.parse().map_err(|_| bad_operand(line, word, operand))?;
            branch_distance(line, at, target)
        };
        return Ok(Instruction::branch(number, k, distance(jt)?, distance(jf)?));
    }
    if word == "ja" {
        let target: i64 = operand.parse().map_err(|_| bad_operand(line, word, operand))?;
        return jump_to(line, at, target);
    }
    plain_instruction(line, word, operand)
}

fn bad_operand(line: usize, word: &str, operand: &str) -> ReadError {
    ReadError::Operand { line, word: word.to_owned(), operand: operand.to_owned() }
}

fn branch_code(word: &str) -> Option<u16> {
    Some(match word {
        "jeq" => code::JEQ_K,
        "jgt" => code::JGT_K,
        "jge" => code::JGE_K,
        "jset" => code::JSET_K,
        _ => return None,
    })
}

/// Code and constant of a branch whose operand is `x`, `%x` or `#number`.
fn branch_operand(number_k: u16, operand: &str) -> Option<(u16, u32)> {
    match operand {
        "x" | "%x" => Some((number_k | code::X, 0)),
        _ => Some((number_k, number(operand.strip_prefix('#')?)?)),
    }
}

fn branch_distance(line: usize, at: usize, target: i64) -> Result<u8, ReadError> {
    let distance = target.saturating_sub(at as i64).saturating_sub(1);
    u8::try_from(distance).map_err(|_| ReadError::Distance { line, distance })
}

/// `ja`: back only as far as 32 bits reach.
fn jump_to(line: usize, at: usize, target: i64) -> Result<Instruction, ReadError> {
    let distance = target.saturating_sub(at as i64).saturating_sub(1);
    let k = i32::try_from(distance).map_err(|_| ReadError::Distance { line, distance })?;
    Ok(Instruction::jump(k.cast_unsigned()))
}

/// An instruction that does not jump, from its word and operand without blanks around it.
fn plain_instruction(line: usize, word: &str, operand: &str) -> Result<Instruction, ReadError> {
    let word = word.to_ascii_lowercase();
    let operand = operand.to_ascii_lowercase();
    let known = match word.as_str() {
        "ld" | "ldi" => load(code::LD_W_ABS, &operand),
        "ldh" => load(code::LD_H_ABS, &operand),
        "ldb" => load(code::LD_B_ABS, &operand),
        "ldx" | "ldxi" | "ldxb" => load_index(&operand),
        "st" => cell(&operand).map(|k| Instruction::statement(code::ST, k)),
        "stx" => cell(&operand).map(|k| Instruction::statement(code::STX, k)),
        "ret" => returned(&operand),
        "tax" | "txa" | "neg" => operand.is_empty().then(|| {
            Instruction::statement(
                match word.as_str() {
                    "tax" => code::TAX,
                    "txa" => code::TXA,
                    _ => code::NEG,
                },
                0,
            )
        }),
        other => match arithmetic_code(other) {
            Some(number_k) => arithmetic(number_k, &operand),
            None => return Err(ReadError::Word { line, word: other.to_owned() }),
        },
    };
    known.ok_or_else(|| bad_operand(line, &word, &operand))
}

fn arithmetic_code(word: &str) -> Option<u16> {
    Some(match word {
        "add" => code::ADD_K,
        "sub" => code::SUB_K,
        "mul" => code::MUL_K,
        "div" => code::DIV_K,
        "mod" => code::MOD_K,
        "or" => code::OR_K,
        "and" => code::AND_K,
        "xor" => code::XOR_K,
        "lsh" => code::LSH_K,
        "rsh" => code::RSH_K,
        _ => return None,
    })
}

fn arithmetic(number_k: u16, operand: &str) -> Option<Instruction> {
    match operand {
        "x" | "%x" => Some(Instruction::statement(number_k | code::X, 0)),
        _ => Some(Instruction::statement(number_k, number(operand.strip_prefix('#')?.trim())?)),
    }
}

fn returned(operand: &str) -> Option<Instruction> {
    match operand {
        "" | "a" | "%a" => Some(Instruction::statement(code::RET_A, 0)),
        _ => Some(Instruction::ret(number(operand.strip_prefix('#')?.trim())?)),
    }
}

fn cell(operand: &str) -> Option<u32> {
    number(operand.strip_prefix("m[")?.strip_suffix(']')?.trim())
}

/// The operand of `ld`, `ldh` or `ldb`; `absolute` is the code for `[k]`.
fn load(absolute: u16, operand: &str) -> Option<Instruction> {
    let word_only = |instruction| (absolute == code::LD_W_ABS).then_some(instruction);
    if matches!(operand, "#pktlen" | "#len" | "len" | "pktlen") {
        return word_only(Instruction::statement(code::LD_W_LEN, 0));
    }
    if let Some(k) = cell(operand) {
        return word_only(Instruction::statement(code::LD_MEM, k));
    }
    if let Some(inside) = operand.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address(absolute, inside);
    }
    let value = operand.strip_prefix('#').unwrap_or(operand);
    if let Some((_, word)) = ASSEMBLER_EXTENSIONS.iter().find(|(name, _)| *name == value) {
        return Some(Instruction::statement(absolute, ancillary::AREA.wrapping_add(*word)));
    }
    word_only(Instruction::statement(code::LD_IMM, number(operand.strip_prefix('#')?.trim())?))
}

/// What stands between the brackets of a load: `12`, `-4`, `vlanp`, `x + 14`, `%x + 14`, `x`.
fn address(absolute: u16, inside: &str) -> Option<Instruction> {
    let inside = inside.trim();
    if let Some(place) = ancillary::NAMES.iter().position(|name| *name == inside) {
        let word = u32::try_from(place).ok()?.checked_mul(4)?;
        return Some(Instruction::statement(absolute, ancillary::AREA.wrapping_add(word)));
    }
    let indexed = absolute ^ code::LD_W_ABS ^ code::LD_W_IND;
    match inside.strip_prefix('%').unwrap_or(inside).strip_prefix('x').map(str::trim) {
        Some("") => Some(Instruction::statement(indexed, 0)),
        Some(rest) => {
            let (minus, value) = match rest.strip_prefix('+') {
                Some(value) => (false, value),
                None => (true, rest.strip_prefix('-')?),
            };
            let value = number(value.trim())?;
            Some(Instruction::statement(indexed, if minus { value.wrapping_neg() } else { value }))
        }
        None => Some(Instruction::statement(absolute, number(inside)?)),
    }
}

/// The operand of `ldx` and `ldxb`.
fn load_index(operand: &str) -> Option<Instruction> {
    if matches!(operand, "#pktlen" | "#len" | "len" | "pktlen") {
        return Some(Instruction::statement(code::LDX_W_LEN, 0));
    }
    if let Some(k) = cell(operand) {
        return Some(Instruction::statement(code::LDX_MEM, k));
    }
    if let Some(value) = operand.strip_prefix('#') {
        return Some(Instruction::statement(code::LDX_IMM, number(value.trim())?));
    }
    let close: String = operand.chars().filter(|c| !c.is_whitespace()).collect();
    let offset = close.strip_prefix("4*([")?;
    let offset = offset.strip_suffix("]&0xf)").or_else(|| offset.strip_suffix("]&15)"))?;
    Some(Instruction::statement(code::LDX_B_MSH, number(offset)?))
}

/// A line of labelled text: its number, the word and the operand.
struct Statement<'a> {
    line: usize,
    word: &'a str,
    operand: &'a str,
}

/// What `bpf_asm` takes.
fn read_assembly(text: &str) -> Result<Vec<Instruction>, ReadError> {
    let text = without_comments(text);
    let mut labels: HashMap<String, usize> = HashMap::new();
    let mut statements: Vec<Statement<'_>> = Vec::new();
    for (line, mut rest) in filled_lines(&text) {
        while let Some((label, after)) = rest.split_once(':') {
            let label = label.trim();
            if label.is_empty() || !label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(ReadError::Form {
                    line,
                    expected: "a label of letters, digits and `_` before `:`",
                });
            }
            if labels.insert(label.to_owned(), statements.len()).is_some() {
                return Err(ReadError::TwoLabels { line, label: label.to_owned() });
            }
            rest = after.trim();
        }
        if !rest.is_empty() {
            let (word, operand) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            statements.push(Statement { line, word, operand: operand.trim() });
        }
    }
    statements.iter().enumerate().map(|(at, statement)| assembled(at, statement, &labels)).collect()
}

/// Comments are `; …` to the end of the line and `/* … */`; lines keep their numbers.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find([';', '/']) {
        let (before, at) = rest.split_at(start);
        out.push_str(before);
        if at.starts_with(';') {
            rest = at.find('\n').map_or("", |end| at.split_at(end).1);
        } else if let Some(inside) = at.strip_prefix("/*") {
            let (comment, after) = inside.split_once("*/").unwrap_or((inside, ""));
            out.push(' ');
            out.extend(comment.chars().filter(|c| *c == '\n'));
            rest = after;
        } else {
            out.push('/');
            rest = at.strip_prefix('/').unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// Jump words of `bpf_asm`: the code, and whether the first label is for "false".
fn jump_word(word: &str) -> Option<(u16, bool)> {
    Some(match word {
        "jne" | "jneq" => (code::JEQ_K, true),
        "jlt" => (code::JGE_K, true),
        "jle" => (code::JGT_K, true),
        other => (branch_code(other)?, false),
    })
}

fn assembled(
    at: usize,
    statement: &Statement<'_>,
    labels: &HashMap<String, usize>,
) -> Result<Instruction, ReadError> {
    let Statement { line, word, operand } = *statement;
    let word = word.to_ascii_lowercase();
    let find = |label: &str| -> Result<i64, ReadError> {
        let place = labels.get(label).ok_or_else(|| ReadError::NoLabel { line, label: label.to_owned() })?;
        Ok(*place as i64)
    };
    if matches!(word.as_str(), "ja" | "jmp") {
        return jump_to(line, at, find(operand)?);
    }
    let Some((number_k, swapped)) = jump_word(&word) else {
        return plain_instruction(line, &word, operand);
    };
    let parts: Vec<&str> = operand.split(',').map(str::trim).collect();
    let value = parts.first().copied().unwrap_or_default().to_ascii_lowercase();
    let (number, k) = branch_operand(number_k, &value).ok_or_else(|| bad_operand(line, &word, operand))?;
    let next = at as i64 + 1;
    let (jt, jf) = match parts.as_slice() {
        [_, only] if swapped => (next, find(only)?),
        [_, only] => (find(only)?, next),
        [_, yes, no] if !swapped => (find(yes)?, find(no)?),
        _ => return Err(bad_operand(line, &word, operand)),
    };
    Ok(Instruction::branch(number, k, branch_distance(line, at, jt)?, branch_distance(line, at, jf)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::text;
    use Instruction as I;

    /// One of every instruction, with jumps that stay inside.
    fn every_instruction() -> Vec<I> {
        let mut program = vec![
            I::load(4, 0),
            I::load(2, 12),
            I::load(1, u32::MAX),
            I::load_indexed(4, 14),
            I::load_indexed(2, u32::MAX),
            I::load_indexed(1, 0),
            I::statement(code::LD_IMM, 0xffff_ffff),
            I::statement(code::LD_MEM, 3),
            I::statement(code::LD_W_LEN, 0),
            I::statement(code::LDX_IMM, 5),
            I::statement(code::LDX_MEM, 15),
            I::statement(code::LDX_W_LEN, 0),
            I::statement(code::LDX_B_MSH, 14),
            I::statement(code::ST, 1),
            I::statement(code::STX, 2),
            I::statement(code::NEG, 0),
            I::statement(code::TAX, 0),
            I::statement(code::TXA, 0),
        ];
        for number_k in ["add", "sub", "mul", "div", "mod", "or", "and", "xor", "lsh", "rsh"] {
            let number_k = arithmetic_code(number_k).unwrap();
            program.push(I::statement(number_k, 7));
            program.push(I::statement(number_k | code::X, 0));
        }
        for number_k in [code::JEQ_K, code::JGT_K, code::JGE_K, code::JSET_K] {
            program.push(I::branch(number_k, 0x8000_0000, 1, 0));
            program.push(I::branch(number_k | code::X, 0, 0, 2));
        }
        program.push(I::jump(1));
        for word in 0..16 {
            if word * 4 != ancillary::ALU_XOR_X {
                program.push(I::load_ancillary(word * 4));
            }
        }
        program.extend([I::statement(code::RET_A, 0), I::ret(262_144)]);
        program
    }

    #[test]
    fn every_form_reads_back_as_the_program_that_was_written() {
        let program = every_instruction();
        for text in [
            text::listing(&program),
            text::c_initialisers(&program),
            text::decimal(&program),
            text::assembly(&program).unwrap(),
            text::decimal(&program).replace('\n', ","),
        ] {
            assert_eq!(read_program(&text).as_deref(), Ok(program.as_slice()), "{text}");
        }
    }

    #[test]
    fn labelled_text_takes_comments_single_labels_and_reversed_conditions() {
        let text = "; only TCP\n ldh [12]\n jne #0x800, drop /* not\n IPv4 */\n LDB [23]\n jeq #6, good, drop\n\
                    good: ret #0xffff\ndrop: ret #0\n";
        let program = read_program(text).unwrap();
        assert_eq!(program[1], I::branch(code::JEQ_K, 0x800, 0, 3));
        assert_eq!(program[3], I::branch(code::JEQ_K, 6, 0, 1));
        assert_eq!(read_program("x1: jlt #5, x2\nx2: ret a\n").unwrap()[0], I::branch(code::JGE_K, 5, 0, 0));
    }

    #[test]
    fn errors_name_the_line_and_what_is_wrong_there() {
        let error = |text: &str| read_program(text).unwrap_err().to_string();
        assert_eq!(error(""), "no instruction in it");
        assert_eq!(error("2\n6 0 0 0\n"), "the first line says 2 instructions, 1 follow");
        assert!(error("1\n6 0 300 0\n").starts_with("line 2: expected four numbers"));
        assert_eq!(error("ldh [12]\nfoo x\n"), "line 2: `foo` is no instruction");
        assert_eq!(error("ldh M[1]\n"), "line 1: `m[1]` is no operand of `ldh`");
        assert_eq!(error("jeq #1, aa, bb\naa: ret #0\n"), "line 1: no label `bb`");
        assert_eq!(error("aa: ret #0\naa: ret #1\n"), "line 2: label `aa` is set a second time");
        assert_eq!(error("(000) ret #0\n(002) ret #0\n"), "line 2: numbered 2, but it is instruction 1");
        assert_eq!(
            error("aa: ld [0]\njeq #1, aa, aa\n"),
            "line 2: a branch reaches 255 instructions forward, this one -2"
        );
    }
}
