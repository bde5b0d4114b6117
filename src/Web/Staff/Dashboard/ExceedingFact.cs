using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Staff.Dashboard;

/// <summary>A fact that a notice marks as not allowed, and the devices behind it.</summary>
/// <param name="Line">What is, or may be, captured, as the notice says it.</param>
/// <param name="Why">Why it is not allowed, as the notice says it.</param>
/// <param name="Devices">Empty for a fleet, whose single devices no notice names.</param>
public sealed record ExceedingFact(Place Place, NoticeFact Fact, string Line, string Why, ImmutableArray<Device> Devices)
{
    /// <summary>
    /// The marked facts of all notices, in the order of places. What the register took away stands in the list of confirmations instead.
    /// </summary>
    public static ImmutableArray<ExceedingFact> From(IEnumerable<PlaceDescription> places) => [.. places.SelectMany(From)];

    private static IEnumerable<ExceedingFact> From(PlaceDescription place)
    {
        var (facts, languages) = place.Content.Now;
        var texts = (languages.TryGetValue("en", out var english) ? english : languages.Values.First()).Facts;
        return facts
            .Zip(texts)
            .Where(pair => pair.First is { Exceeds: true, WithdrawnSince: null })
            .Select(pair => new ExceedingFact(
                place.Place,
                pair.First,
                pair.Second.Line,
                pair.Second.ExceedsLine,
                [.. place.Covering.Where(device => Makes(device, pair.First)).Select(device => device.Device)]
            ));
    }

    private static bool Makes(CoveringDevice covering, NoticeFact fact) =>
        fact.Fleet is null
        && covering.Device.Technology == fact.Technology
        && covering.Reports(fact.Capture) == (fact.Certainty is FactCertainty.Reported)
        && covering.PossibleCaptures[fact.Capture] is Mode.Live or Mode.Recorded;
}
