//! The price book: costs by hand, names that resolve and names that must not, and the book against its sources.

#[cfg(test)]
mod amounts;
#[cfg(test)]
mod asked;
#[cfg(test)]
mod book;
#[cfg(test)]
mod command;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod names;
#[cfg(test)]
mod own;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod script;
#[cfg(test)]
mod stand_ins;
#[cfg(test)]
mod units;
