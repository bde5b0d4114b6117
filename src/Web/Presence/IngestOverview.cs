using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Web.Presence;

/// <summary>Whether the registry can store heartbeats.</summary>
public enum IngestState
{
    /// <summary>Nothing can be stored: the registry cannot observe devices.</summary>
    Blind,

    /// <summary>Heartbeats are queued and none is acknowledged.</summary>
    Waits,

    /// <summary>Heartbeats become durable and are acknowledged.</summary>
    Sees,
}

/// <summary>
/// Everything that the page shows at one moment, as figures and as texts. The page's script only inserts these texts.
/// </summary>
/// <param name="Presence">The number of devices by state; null when they cannot be counted now.</param>
/// <param name="LocalTime">The time of the figures, in the city's local time.</param>
public sealed record IngestView(
    IngestReading Reading,
    IngestState State,
    int Queued,
    ImmutableArray<(PresenceState State, int Units)>? Presence,
    ImmutableSortedDictionary<string, long> DroppedFields,
    DateTimeOffset LocalTime
)
{
    /// <summary>The state in a sentence.</summary>
    public string Says =>
        State switch
        {
            IngestState.Sees => "The registry stores and acknowledges heartbeats.",
            IngestState.Waits =>
                $"Heartbeats are queued, and none was acknowledged for {IngestStatistics.StallThreshold.TotalSeconds} seconds. "
                    + "Devices keep unacknowledged heartbeats and send them again.",
            IngestState.Blind => "The registry cannot store heartbeats. It shows no device as silent meanwhile. "
                + "Devices keep unacknowledged heartbeats and send them again.",
            _ => throw new UnreachableException($"{State} has no name."),
        };

    /// <summary>The texts of the page by key.</summary>
    public ImmutableSortedDictionary<string, string> Words =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Texts().Select(text => KeyValuePair.Create(text.Key, text.Text)));

    private IEnumerable<(string Key, string Text)> Texts()
    {
        yield return ("says", Says);
        yield return ("at", LocalTime.ToString("h:mm:ss tt, MMMM d, yyyy", CultureInfo.InvariantCulture));
        foreach (var (name, window) in new[] { ("second", Reading.LastSecond), ("minute", Reading.LastMinute) })
        {
            yield return ($"rate-{name}", Rate(window.PerSecond));
            yield return ($"p50-{name}", Duration(window.AckP50Ms));
            yield return ($"p99-{name}", Duration(window.AckP99Ms));
            yield return ($"refused-{name}", Number(window.Refused.Sum(refused => refused.Count)));
        }

        yield return ("acknowledged", Number(Reading.Acknowledged));
        yield return ("queued", Number(Queued));
        yield return ("in-flight", Number(Reading.InFlight));
        yield return ("connections", Number(Reading.Connections));
        yield return ("sessions", Number(Reading.Sessions));
        yield return ("sign-ins-refused-minute", Number(Reading.LastMinute.SignInsRefused));
        yield return ("connections-refused-minute", Number(Reading.LastMinute.ConnectionsRefused));
        yield return ("sign-ins-refused", Number(Reading.SignInsRefused));
        yield return ("connections-refused", Number(Reading.ConnectionsRefused));
        foreach (var (reason, count) in Reading.Refused)
            yield return ($"refused-all-{reason}", Number(count));
        foreach (var (reason, count) in Reading.LastMinute.Refused)
            yield return ($"refused-minute-{reason}", Number(count));
        foreach (var (adapter, count) in DroppedFields)
            yield return ($"dropped-{adapter}", Number(count));
        foreach (var state in Enum.GetValues<PresenceState>())
            yield return (
                $"presence-{Domain.Json.Word(state)}",
                Presence is { } counted ? Number(counted.Single(count => count.State == state).Units) : "not known"
            );
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(double perSecond) =>
        perSecond.ToString(perSecond is > 0 and < 10 ? "N1" : "N0", CultureInfo.InvariantCulture) + " / s";

    private static string Duration(double? milliseconds) =>
        milliseconds switch
        {
            null => "none",
            < 10 => milliseconds.Value.ToString("N1", CultureInfo.InvariantCulture) + " ms",
            < 1000 => milliseconds.Value.ToString("N0", CultureInfo.InvariantCulture) + " ms",
            _ => (milliseconds.Value / 1000).ToString("N1", CultureInfo.InvariantCulture) + " s",
        };
}

/// <summary>Reads the ingest figures of this process.</summary>
public sealed class IngestOverview(
    IngestStatistics figures,
    IngestHealthMonitor health,
    IHeartbeatLog log,
    PresenceStateCounts counts,
    IDroppedFields dropped,
    IGrainFactory grains
)
{
    public async Task<IngestView> ReadAsync(CancellationToken cancellationToken)
    {
        var presence = await counts.CountAsync(cancellationToken);
        var (reading, city) = (figures.Read(), (await grains.Governance()).City);
        var state =
            health.CannotObserve ? IngestState.Blind
            : figures.IsStalled ? IngestState.Waits
            : IngestState.Sees;
        return new IngestView(
            reading,
            state,
            log.QueueLength,
            presence,
            dropped.ByAdapter.ToImmutableSortedDictionary(StringComparer.Ordinal),
            city.LocalTime(reading.At)
        );
    }
}
