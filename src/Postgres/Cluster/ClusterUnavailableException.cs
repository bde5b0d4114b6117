namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// The database is not available. The message is one sentence for the person who started the registry: what is missing, and what to do.
/// </summary>
public sealed class ClusterUnavailableException(string sentence, Exception? cause = null) : Exception(sentence, cause);
