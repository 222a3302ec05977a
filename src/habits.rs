//! Options of tcpdump and tshark that fingers know, and that have another name here or none: what to type instead.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;

/// An option of a peer's, the commands that it is typed for, and the mend.
const HABITS: &[(&str, &[&str], &str)] = &[
    ("-r", &["capture"], "files are read by `nettool read FILE`"),
    (
        "-d",
        &["capture", "read"],
        "`nettool filter -d EXPRESSION` shows the program of a filter (-dd and -ddd as well)",
    ),
    (
        "-O",
        &["capture", "read"],
        "verdicts do not depend on the optimizer; `nettool filter -O0 -d` shows what it starts from",
    ),
    (
        "-J",
        &["capture"],
        "--timestamps takes host and adapter; `ethtool -T IFACE` tells what the card can do",
    ),
    (
        "-I",
        &["capture"],
        "monitor mode is a setting of the interface: `iw dev IFACE set type monitor` before capturing",
    ),
    ("-E", &["capture", "read"], "there is no decryption: ESP is shown with its SPI and sequence number"),
    (
        "-M",
        &["capture", "read"],
        "there is no checking of TCP-MD5 digests: the option is shown as it is (-v)",
    ),
    (
        "-K",
        &["capture", "read"],
        "a checksum that is the network card's work is not called wrong where the capture says so; without -v none is shown",
    ),
    ("-f", &["capture", "read"], "-n shows all addresses as numbers"),
    ("-b", &["capture"], "end with -c N or --duration TIME; rotate with -C, -G, --rotate-packets and -W"),
    ("-a", &["capture"], "end with -c N or --duration TIME; rotate with -C, -G, --rotate-packets and -W"),
    (
        "-T",
        &["capture", "read"],
        "--json, --fields A,B and -V choose the form; --decode-as udp.port==5000:rtp the protocol",
    ),
    (
        "-o",
        &["capture", "read"],
        "no preferences are needed: checksums are always verified, streams always analysed",
    ),
    ("-R", &["read"], "-Y takes a display filter"),
];

/// What to type in place of the option that clap does not know.
pub(crate) fn hint(command: Option<&OsString>, error: &clap::Error) -> Option<&'static str> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    let command = command?.to_str()?;
    HABITS
        .iter()
        .find(|(typed, commands, _)| typed == option && commands.contains(&command))
        .map(|(.., mend)| *mend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn no_habit_is_an_option() {
        let known = crate::Cli::command();
        for (option, commands, mend) in HABITS {
            for command in *commands {
                let known = known.find_subcommand(command).unwrap();
                let letter = option.chars().nth(1);
                assert!(known.get_arguments().all(|known| known.get_short() != letter), "{command} {option}");
                let error =
                    crate::Cli::command().try_get_matches_from(["nettool", command, option]).unwrap_err();
                assert_eq!(hint(Some(&(*command).into()), &error), Some(*mend), "{command} {option}");
            }
        }
    }
}
