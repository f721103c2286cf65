"""Write side: plain functions(session, actor, ...); they never commit."""
