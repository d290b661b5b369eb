//! Order of a list by numbers, such as offsets.

/// Sorts a list by a number of each element; equal ones keep their order.
///
/// Lists of all types share one sort: the standard library's would be compiled for each, to 5 KB in the filter.
pub fn sort_by_number<T>(list: &mut Vec<T>, number: impl FnMut(&T) -> u64) {
    let mut order: Vec<(u64, u32)> = list.iter().map(number).zip(0..).collect();
    if order.is_sorted() {
        return;
    }
    order.sort_unstable();
    let mut unsorted: Vec<Option<T>> = std::mem::take(list).into_iter().map(Some).collect();
    list.extend(order.iter().filter_map(|(_, at)| unsorted.get_mut(*at as usize)?.take()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_library(list in prop::collection::vec((0_u64..9, any::<u8>()), 0..40)) {
            let (mut ours, mut expected) = (list.clone(), list);
            sort_by_number(&mut ours, |(number, _)| *number);
            expected.sort_by_key(|(number, _)| *number);
            prop_assert_eq!(ours, expected);
        }
    }
}
