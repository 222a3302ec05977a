//! `read --html`: one page that holds what the tables hold, loads nothing, and cannot be turned against its reader.

mod harness;

use harness::{Scratch, nettool};
use serde_json::Value;
use std::ffi::OsStr;

fn page(scratch: &Scratch, arguments: &[&str]) -> String {
    let out = scratch.path("report.html");
    let all = ["read", "-n", "--html"].map(OsStr::new).into_iter().chain([out.as_os_str()]);
    nettool(all.chain(arguments.iter().map(OsStr::new))).ends(0, &[]);
    std::fs::read_to_string(&out).expect("the page is there, and UTF-8")
}

/// The packet list, as the page's script reads it.
fn packets(page: &str) -> Vec<Value> {
    let list = page.split("id=\"packets\">").nth(1).and_then(|rest| rest.split("</script>").next());
    let list: Value = serde_json::from_str(list.expect("a list")).expect("it is JSON");
    list.as_array().expect("an array").clone()
}

#[test]
fn the_page_lists_the_lines_and_the_tables() {
    let scratch = Scratch::new("html");
    let page = page(&scratch, &["samples/http.pcap"]);
    let lines = nettool(["read", "-n", "-t", "samples/http.pcap"]).text();
    let listed: Vec<String> =
        packets(&page).iter().map(|packet| packet[3].as_str().expect("a line").to_owned()).collect();
    assert_eq!(listed, lines.lines().collect::<Vec<_>>());
    let conversations = nettool(["read", "-n", "--json", "--stats", "conv,tcp", "samples/http.pcap"]);
    for line in conversations.text().lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let octets = format!("<td class=\"n\">{}</td>", row["octets"]);
        assert!(page.contains(&octets), "{octets}");
    }
    for title in ["TCP conversations", "Protocols", "IPv6 endpoints", "Rate, each"] {
        assert!(page.contains(title), "{title}");
    }
}

#[test]
fn findings_stand_in_a_table_and_beside_their_packets() {
    let scratch = Scratch::new("html-findings");
    let page = page(&scratch, &["samples/tcp-trouble.pcap"]);
    let findings = nettool(["read", "--json", "--stats", "expert", "samples/tcp-trouble.pcap"]).text();
    let table =
        page.split("Findings: ").nth(2).and_then(|rest| rest.split("</table>").next()).expect("a table");
    let list = packets(&page);
    assert!(findings.lines().count() > 4, "{findings}");
    for line in findings.lines() {
        let finding: Value = serde_json::from_str(line).expect("JSON");
        let message = finding["message"].as_str().expect("a message");
        let row = format!("<td class=\"n f\">{}</td><td class=\"s\">{message}</td>", finding["first_frame"]);
        assert!(table.contains(&row), "{row}");
        let beside =
            list.iter().filter(|packet| packet[5].as_str().is_some_and(|text| text.contains(message)));
        assert_eq!(Some(beside.count() as u64), finding["count"].as_u64(), "{message}");
    }
    for title in ["TCP connections: 1", "Requests and the time to their answers"] {
        assert!(page.contains(title), "{title}");
    }
}

#[test]
fn only_so_many_packets_are_listed_and_the_page_says_so() {
    let scratch = Scratch::new("html-packets");
    let page = page(&scratch, &["--html-packets", "5", "samples/http.pcap"]);
    let numbers: Vec<u64> = packets(&page).iter().filter_map(|packet| packet[0].as_u64()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert!(page.contains("The first 5 are listed"), "no word of the rest");
}

#[test]
fn a_query_and_a_filter_choose_what_is_in_it() {
    let scratch = Scratch::new("html-query");
    let page = page(&scratch, &["-Y", "dns.flags.response == 1", "samples/dns.pcap", "udp"]);
    let count =
        nettool(["read", "--count", "-Y", "dns.flags.response == 1", "samples/dns.pcap", "udp"]).text();
    assert_eq!(packets(&page).len().to_string(), count.trim());
}

#[test]
fn hostile_text_stays_text() {
    let scratch = Scratch::new("html-hostile");
    let page = page(&scratch, &["samples/hostile.pcap", "samples/malformed.pcap"]);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "a control code got through");
    for load in [" src=", "http:", "https:", "url(", "@import", " onclick", " onload"] {
        // Lines of HTTP requests hold addresses as text, in the list alone.
        let outside: String = page.split("id=\"packets\">").next().unwrap_or_default().into();
        assert!(!outside.contains(load), "{load}");
    }
}

#[test]
fn a_page_that_cannot_be_written_is_named() {
    nettool(["read", "-n", "--html", "/absent/report.html", "samples/arp.pcap"]).ends(3, &["report.html"]);
    nettool(["read", "-n", "--html", "/dev/full", "samples/arp.pcap"])
        .ends(1, &["/dev/full", "no space left"]);
    nettool(["read", "-n", "--html", "x.html", "--count", "samples/arp.pcap"]).ends(2, &["--count"]);
}
