-- Slots with a champion that the last daily look could not follow, and why; gone with the next look at the slot.
CREATE TABLE monitoring_gaps (
  tenant text NOT NULL,
  slot text NOT NULL,
  model_hash text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  since timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  PRIMARY KEY (tenant, slot)
);
