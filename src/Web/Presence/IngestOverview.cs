using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Web.Presence;

/// <summary>How the registry stands, as far as taking in what devices say goes.</summary>
public enum IngestState
{
    /// <summary>What comes in becomes durable and is acknowledged.</summary>
    Sees,

    /// <summary>Heartbeats wait, and none is answered.</summary>
    Waits,

    /// <summary>Nothing can be made durable: the registry cannot see.</summary>
    Blind,
}

/// <summary>
/// Everything that the page shows of one moment, as figures and in words: the script writes the words of the page and makes none of its
/// own.
/// </summary>
/// <param name="Presence">Units by state; null when they cannot be counted now.</param>
/// <param name="LocalTime">When, in the city's time.</param>
public sealed record IngestView(
    IngestReading Reading,
    IngestState State,
    int Queued,
    ImmutableArray<(PresenceState State, int Units)>? Presence,
    ImmutableSortedDictionary<string, long> DroppedFields,
    DateTimeOffset LocalTime
)
{
    /// <summary>How the registry stands, in a sentence.</summary>
    public string Says =>
        State switch
        {
            IngestState.Sees => "The registry sees. What devices say becomes durable, and is acknowledged then.",
            IngestState.Waits =>
                $"Heartbeats wait, and none was answered for {IngestStatistics.StallThreshold.TotalSeconds} seconds. Devices keep what is not acknowledged and send it again.",
            _ =>
                "The registry cannot see: nothing can be made durable. No unit is called silent meanwhile; devices keep what is not acknowledged and send it again.",
        };

    /// <summary>Each figure of the page as it is written there.</summary>
    public ImmutableSortedDictionary<string, string> Words =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Written().Select(one => KeyValuePair.Create(one.Key, one.Words)));

    private IEnumerable<(string Key, string Words)> Written()
    {
        yield return ("says", Says);
        yield return ("at", LocalTime.ToString("h:mm:ss tt, MMMM d, yyyy", CultureInfo.InvariantCulture));
        foreach (var (name, window) in new[] { ("second", Reading.LastSecond), ("minute", Reading.LastMinute) })
        {
            yield return ($"rate-{name}", Rate(window.PerSecond));
            yield return ($"p50-{name}", Duration(window.AckP50Ms));
            yield return ($"p99-{name}", Duration(window.AckP99Ms));
            yield return ($"refused-{name}", Number(window.Refused.Sum(one => one.Count)));
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
                Presence is { } counted ? Number(counted.Single(one => one.State == state).Units) : "not known"
            );
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(double perSecond) =>
        perSecond.ToString(perSecond is > 0 and < 10 ? "N1" : "N0", CultureInfo.InvariantCulture) + " / s";

    private static string Duration(double? milliseconds) =>
        milliseconds switch
        {
            null => "none came",
            < 10 => milliseconds.Value.ToString("N1", CultureInfo.InvariantCulture) + " ms",
            < 1000 => milliseconds.Value.ToString("N0", CultureInfo.InvariantCulture) + " ms",
            _ => (milliseconds.Value / 1000).ToString("N1", CultureInfo.InvariantCulture) + " s",
        };
}

/// <summary>Looks at how this process takes in what devices say.</summary>
public sealed class IngestOverview(
    IngestStatistics figures,
    IngestHealthMonitor sight,
    IHeartbeatLog log,
    PresenceStateCounts census,
    IDroppedFields dropped,
    IGrainFactory grains
)
{
    public async Task<IngestView> LookAsync(CancellationToken cancellationToken)
    {
        var presence = await census.CountAsync(cancellationToken);
        var (reading, city) = (figures.Read(), (await grains.Governance()).City);
        var state =
            sight.CannotObserve ? IngestState.Blind
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
