namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Notices that so many clients lost their connections at about the same time that the cause is more likely the registry's own network
/// than all those devices. It counts clients: one client that reconnects in a loop is its own affair.
/// </summary>
/// <param name="window">How long the losses of one count lie apart at most.</param>
internal sealed class MassDisconnectDetector(TimeSpan window)
{
    /// <summary>At least this many clients, and half of all, lose their connections in a mass disconnect.</summary>
    public const int MinClients = 20;

    private readonly Lock _guard = new();
    private readonly HashSet<string> _clients = new(StringComparer.Ordinal);
    private TimeSpan? _since;
    private int _sessionsBefore;

    /// <summary>Records that a client lost its connection.</summary>
    /// <param name="now">The monotonic time.</param>
    /// <param name="sessions">How many clients are connected now, this one included or not.</param>
    /// <returns>How many clients lost their connections, when this loss makes it a mass disconnect; otherwise null.</returns>
    public int? Record(string clientId, TimeSpan now, int sessions)
    {
        lock (_guard)
        {
            if (_since is not { } since || now - since > window)
            {
                _since = now;
                _clients.Clear();
                _sessionsBefore = sessions;
            }

            return _clients.Add(clientId) && _clients.Count == Math.Max(MinClients, (_sessionsBefore + 1) / 2) ? _clients.Count : null;
        }
    }
}
