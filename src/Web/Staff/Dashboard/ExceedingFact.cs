using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Staff.Dashboard;

/// <summary>A fact that a notice marks as under review, and the devices behind it.</summary>
public sealed record ExceedingFact(Place Place, NoticeFact Fact, ImmutableArray<Device> Devices)
{
    /// <summary>The facts under review of all notices, in the order of places.</summary>
    public static ImmutableArray<ExceedingFact> From(IEnumerable<PlaceDescription> places) =>
        [
            .. from place in places
            from fact in place.Content.Now.Facts
            where fact.UnderReview
            select new ExceedingFact(
                place.Place,
                fact,
                [.. place.Covering.Where(device => Makes(device, fact)).Select(device => device.Device)]
            ),
        ];

    /// <summary>What is, or may be, captured without permission.</summary>
    public string Sentence
    {
        get
        {
            var isReported = Fact.Certainty is FactCertainty.Reported;
            var verb = (isReported, Fact.Mode) switch
            {
                (true, Mode.Live) => "is transmitted live",
                (true, _) => "is recorded",
                (false, _) => "may be recorded",
            };
            return $"{Domain.Json.Word(Fact.Capture)} {verb}, and no rule in force permits it.";
        }
    }

    private static bool Makes(CoveringDevice covering, NoticeFact fact) =>
        covering.Device.Technology == fact.Technology && covering.PossibleCaptures[fact.Capture] is Mode.Live or Mode.Recorded;
}
