//! Sessions over sources and consumers of the test's own.

use super::*;
use nettool_dissect::frame::{LinkType, Meta};
use std::collections::VecDeque;
use std::sync::Mutex;

/// What a scripted source does next.
enum Step {
    Frames(u32),
    Event(Event),
    Fail,
    /// Idle until its intake is closed.
    UntilClosed,
}

/// A source that follows a script, and then is idle.
struct Scripted {
    steps: VecDeque<Step>,
    interfaces: Vec<Interface>,
    closed: bool,
    shown: u64,
}

impl Scripted {
    fn source(steps: impl IntoIterator<Item = Step>) -> Box<dyn Source> {
        Scripted::on("test0", steps)
    }

    fn on(name: &str, steps: impl IntoIterator<Item = Step>) -> Box<dyn Source> {
        Box::new(Scripted {
            steps: steps.into_iter().collect(),
            interfaces: vec![Interface::new(name, LinkType::ETHERNET)],
            closed: false,
            shown: 0,
        })
    }
}

fn gone() -> Step {
    Step::Event(Event::Gone("test0".into()))
}

impl Source for Scripted {
    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn take(
        &mut self,
        time: Duration,
        stop: BorrowedFd<'_>,
        sink: crate::live::Sink<'_>,
    ) -> Result<Taken, Error> {
        match self.steps.pop_front() {
            Some(Step::Frames(count)) => {
                for _ in 0..count {
                    self.shown += 1;
                    let meta = Meta::new(LinkType::ETHERNET, 1);
                    if sink(&Frame { number: 0, data: &[7], meta }).is_break() {
                        break;
                    }
                }
                Ok(Taken::Frames)
            }
            // As an interface that is gone stays so.
            Some(Step::Event(event)) => {
                if matches!(event, Event::Gone(_)) && self.steps.is_empty() {
                    self.steps.push_back(Step::Event(event.clone()));
                }
                Ok(Taken::Event(event))
            }
            Some(Step::Fail) => Err(Error::Gone("test0".into())),
            Some(Step::UntilClosed) if self.closed => Ok(Taken::Idle),
            waiting => {
                self.steps.extend(waiting.map(|_| Step::UntilClosed));
                self.steps.rotate_right(usize::from(self.steps.len() > 1));
                if !time.is_zero() {
                    wait([(stop, true)], i32::try_from(time.as_millis()).unwrap_or(i32::MAX));
                }
                Ok(Taken::Idle)
            }
        }
    }

    fn close_intake(&mut self) -> Result<(), Error> {
        self.closed = true;
        Ok(())
    }

    fn counts(&mut self) -> Counts {
        Counts { received: self.shown, ..Counts::default() }
    }

    fn memory(&self) -> usize {
        0
    }
}

/// Keeps numbers and interfaces; fails at a number, and does not want every third if told so.
struct Keeping {
    kept: Arc<Mutex<Vec<(u64, u32)>>>,
    fail_at: u64,
    choosy: bool,
    seen: u64,
    rests: u64,
    /// Wakes its own source when it rests for the first time.
    wakes: bool,
}

impl Keeping {
    fn new() -> Keeping {
        Keeping { kept: Arc::default(), fail_at: u64::MAX, choosy: false, seen: 0, rests: 0, wakes: false }
    }
}

struct KeepingBlock<'a>(&'a mut Keeping);

impl BlockTaker for KeepingBlock<'_> {
    type Error = &'static str;

    fn wants(&mut self, _: &Frame<'_>) -> Result<bool, Self::Error> {
        self.0.seen += 1;
        Ok(!self.0.choosy || !self.0.seen.is_multiple_of(3))
    }

    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Self::Error> {
        if frame.number == self.0.fail_at {
            return Err("full");
        }
        self.0.kept.lock().unwrap().push((frame.number, frame.meta.interface));
        Ok(())
    }
}

impl Consumer for Keeping {
    type Error = &'static str;
    type Block<'a> = KeepingBlock<'a>;

    fn block(&mut self) -> KeepingBlock<'_> {
        KeepingBlock(self)
    }

    fn rest(&mut self, looked: Option<Instant>, waker: &Waker) -> Result<Option<Duration>, Self::Error> {
        assert!(looked.is_none_or(|looked| looked <= Instant::now()));
        self.rests += 1;
        if self.wakes && self.rests == 1 {
            waker.wake();
        }
        Ok(None)
    }
}

fn session(
    sources: Vec<Box<dyn Source>>,
    consumers: Vec<Keeping>,
    limits: Limits,
) -> (Outcome<Keeping>, Vec<String>) {
    let signals = Signals::take().unwrap();
    let mut said = Vec::new();
    let outcome =
        run(sources, consumers, &limits, &signals, None, &mut |report| said.push(format!("{report:?}")))
            .unwrap();
    (outcome, said)
}

#[test]
fn frames_are_numbered_from_one_over_all_sources_and_interfaces_are_moved_to_the_common_list() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let consumers = (0..3).map(|_| Keeping { kept: kept.clone(), ..Keeping::new() }).collect();
    // The third shares the first's interface, as threads of a fan-out do.
    let sources = vec![
        Scripted::source([Step::Frames(250), gone()]),
        Scripted::on("test1", [Step::Frames(200), gone()]),
        Scripted::source([Step::Frames(50), gone()]),
    ];
    assert_eq!(
        interfaces(&sources).iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["test0", "test1"]
    );
    let (outcome, _) = session(sources, consumers, Limits::default());
    assert!(matches!(&outcome.ended, Ended::Gone(names) if names.len() == 3), "{:?}", outcome.ended);
    let mut kept = kept.lock().unwrap().clone();
    kept.sort_unstable();
    assert!(kept.iter().map(|(number, _)| *number).eq(1..=500));
    assert_eq!(kept.iter().filter(|(_, interface)| *interface == 1).count(), 200);
    assert_eq!(kept.iter().filter(|(_, interface)| *interface == 0).count(), 300);
    assert_eq!(outcome.counts.iter().map(|counts| counts.received).collect::<Vec<_>>(), [250, 200, 50]);
    assert_eq!(outcome.taken, 500);
}

#[test]
fn the_limit_counts_frames_that_are_wanted_and_is_exact_over_several_sources() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let consumers = (0..2).map(|_| Keeping { kept: kept.clone(), choosy: true, ..Keeping::new() }).collect();
    let sources = (0..2).map(|_| Scripted::source((0..100).map(|_| Step::Frames(10)))).collect();
    let (outcome, _) = session(sources, consumers, Limits { frames: Some(333), ..Limits::default() });
    assert!(matches!(outcome.ended, Ended::Frames), "{:?}", outcome.ended);
    assert_eq!((kept.lock().unwrap().len(), outcome.taken), (333, 333));
}

#[test]
fn frames_that_a_vanished_interface_had_shown_last_are_still_taken() {
    let steps = [Step::Frames(5), gone(), Step::Frames(7), gone()];
    let limits = Limits { hold: Duration::from_millis(20), ..Limits::default() };
    let (outcome, said) = session(vec![Scripted::source(steps)], vec![Keeping::new()], limits);
    assert_eq!(outcome.taken, 12);
    assert_eq!(said, ["Event(Gone(\"test0\"))"]);
}

#[test]
fn after_the_duration_nothing_more_is_taken_in_and_what_is_held_back_is_shown() {
    let limits = Limits { duration: Some(Duration::from_millis(30)), ..Limits::default() };
    let steps = [Step::Frames(3), Step::UntilClosed, Step::Frames(4)];
    let (outcome, _) = session(vec![Scripted::source(steps)], vec![Keeping::new()], limits);
    assert!(matches!(outcome.ended, Ended::Duration), "{:?}", outcome.ended);
    assert_eq!(outcome.taken, 7);
    assert!(outcome.consumers[0].rests >= 2);
}

#[test]
fn a_source_that_is_woken_looks_once_more() {
    let limits = Limits { duration: Some(Duration::from_millis(30)), ..Limits::default() };
    let rests = |wakes| {
        let consumers = vec![Keeping { wakes, ..Keeping::new() }];
        let (outcome, _) = session(vec![Scripted::source([Step::Frames(1)])], consumers, limits);
        outcome.consumers[0].rests
    };
    // Beside the last one, when the source has ended.
    assert_eq!((rests(false), rests(true)), (2, 3));
}

#[test]
fn a_consumer_that_fails_ends_the_session_with_its_error_and_the_others_with_it() {
    let failing = Keeping { fail_at: 50, ..Keeping::new() };
    let sources = vec![Scripted::source([Step::Frames(100)]), Scripted::source([])];
    let (outcome, _) = session(sources, vec![failing, Keeping::new()], Limits::default());
    assert!(matches!(outcome.ended, Ended::Consumer("full")), "{:?}", outcome.ended);
    assert_eq!(outcome.consumers[0].kept.lock().unwrap().len(), 49);
}

#[test]
fn a_source_that_fails_ends_the_session_with_its_error() {
    let sources = vec![Scripted::source([Step::Frames(4), Step::Fail]), Scripted::source([])];
    let (outcome, _) = session(sources, vec![Keeping::new(), Keeping::new()], Limits::default());
    assert!(matches!(&outcome.ended, Ended::Source(error) if error.to_string() == "test0 is gone"));
    assert_eq!(outcome.taken, 4);
}

#[test]
fn counts_are_reported_as_often_as_asked() {
    let limits = Limits {
        duration: Some(Duration::from_millis(100)),
        report_every: Some(Duration::from_millis(10)),
        ..Limits::default()
    };
    let (_, said) = session(vec![Scripted::source([Step::Frames(6)])], vec![Keeping::new()], limits);
    assert!(said.iter().any(|line| line.contains("received: 6") && line.contains("taken: 6")), "{said:?}");
}
