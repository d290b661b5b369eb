//! The price book: costs by hand, names that resolve and names that must not, and the book against its sources.

#[cfg(test)]
#[path = "price/amounts.rs"]
mod amounts;
#[cfg(test)]
#[path = "price/asked.rs"]
mod asked;
#[cfg(test)]
#[path = "price/book.rs"]
mod book;
#[cfg(test)]
#[path = "price/command.rs"]
mod command;
#[cfg(test)]
#[path = "price/costs.rs"]
mod costs;
#[cfg(test)]
#[path = "price/names.rs"]
mod names;
#[cfg(test)]
#[path = "price/own.rs"]
mod own;
#[cfg(test)]
#[path = "price/readme.rs"]
mod readme;
#[cfg(test)]
#[path = "price/script.rs"]
mod script;
#[cfg(test)]
#[path = "price/stand_ins.rs"]
mod stand_ins;
#[cfg(test)]
#[path = "price/units.rs"]
mod units;
