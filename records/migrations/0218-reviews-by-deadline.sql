-- Reviews that stand, the nearest deadline first: people are told of deadlines every few seconds. Escalation moves a deadline, and the day that a review is due stays; both are in its body as ISO texts of UTC, which sort as instants do.
create index customer_reviews_by_deadline on customer_reviews (tenant, (body ->> 'deadline'), review_id) where closed_at is null;
