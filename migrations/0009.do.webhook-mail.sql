-- The Owner is told by mail that a webhook was turned off.
alter table mail_delivery drop constraint mail_delivery_kind_check;
alter table mail_delivery add constraint mail_delivery_kind_check
  check (kind in ('low', 'depleted', 'critical', 'recovered', 'invitation', 'webhook_off'));
