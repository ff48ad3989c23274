-- Reports list the customers who earn most and least, too.

alter table portfolio_report_names drop constraint portfolio_report_names_list_check;
alter table portfolio_report_names add constraint portfolio_report_names_list_check check (list in ('exposures', 'losses', 'best', 'worst'));
