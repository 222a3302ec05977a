//! Whether an interface that is captured on is still there, and up.

use super::error::Error;
use super::interfaces::{Identity, Requests};
use super::sys::Sys;
use super::{Event, Taken};
use std::time::Duration;

/// How often an interface that is down is looked for, since its removal is then not told to sockets; and how often any
/// interface is by backends that are told nothing.
pub(crate) const LOOK: Duration = Duration::from_millis(250);

/// What was last known of an interface.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    name: String,
    index: i32,
    down: bool,
}

impl Watch {
    pub(crate) fn new(identity: &Identity) -> Watch {
        Watch { name: identity.name.clone(), index: identity.index, down: !identity.up }
    }

    /// Whether it was down when last looked at.
    pub(crate) fn is_down(&self) -> bool {
        self.down
    }

    /// Looks again, and tells what has changed. It is found by its index: a new name is the same interface, a new
    /// interface of the old name is another.
    pub(crate) fn look(&mut self, sys: &dyn Sys) -> Result<Taken, Error> {
        let requests = Requests::open(sys)?;
        let up = requests.name(self.index).and_then(|present| requests.is_up(&present));
        let name = || self.name.clone();
        match (up, self.down) {
            (Err(_), _) => Ok(Taken::Event(Event::Gone(name()))),
            (Ok(true), true) => {
                let event = Event::Up(name());
                self.down = false;
                Ok(Taken::Event(event))
            }
            (Ok(false), false) => {
                let event = Event::Down(name());
                self.down = true;
                Ok(Taken::Event(event))
            }
            _ => Ok(Taken::Idle),
        }
    }
}
