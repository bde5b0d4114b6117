using System.Collections.Frozen;

namespace SurveillanceRegistry.Web.Api;

/// <summary>What a parameter is for.</summary>
/// <param name="Format">Format of its text in JSON Schema's words; null for any.</param>
internal sealed record Parameter(string Name, string Description, string? Format = null, bool IsRequired = false);

/// <summary>
/// What each operation of the API is for, and what it takes beside its path: told in one place, so that the document leaves none out.
/// </summary>
internal static class Operations
{
    private static readonly Parameter AsOf = new("asOf", "The day that is asked about, in the city's zone; today when left out.", "date"),
        KnownAt = new("knownAt", "The instant at which the registry is asked: what it knew then; now when left out.", "date-time"),
        Today =
            new(
                "asOf",
                "Today, in the city's zone, or nothing: what is registered is kept as it stands, and any other day is refused with what can be asked instead.",
                "date"
            ),
        Limit = new("limit", "At most so many items."),
        After = new("after", "The `next` of the page before.");

    /// <summary>Method and path below <c>/api/v1/</c> → group, summary, and query parameters.</summary>
    public static FrozenDictionary<string, (string Tag, string? Summary, Parameter[] Parameters)> All { get; } =
        new Dictionary<string, (string, string?, Parameter[])>
        {
            ["GET governance"] = (
                "Governance",
                "The governance table: one row for each technology and instrument, of every status",
                [AsOf, KnownAt, new("status", "Only rows of these statuses, with commas between them."), Limit, After]
            ),
            ["GET governance.csv"] = ("Governance", null, []),
            ["GET instruments"] = ("Governance", "Every text that governs", [AsOf, KnownAt, Limit, After]),
            ["GET instruments/{id}"] = ("Governance", "One text, every version of it, and how it stands", [AsOf, KnownAt]),
            ["GET instruments/{id}/history"] = (
                "Governance",
                "Everything that was ever recorded of a text, as data and in sentences",
                [KnownAt, Limit, After]
            ),
            ["GET technologies"] = ("Governance", "Every technology that the City named", [AsOf, KnownAt, Limit, After]),
            ["GET technologies/{id}"] = ("Governance", "One technology and what governs it", [AsOf, KnownAt]),
            ["GET technologies/{id}/history"] = (
                "Governance",
                "Everything that was ever recorded of a technology",
                [KnownAt, Limit, After]
            ),
            ["GET devices"] = (
                "Devices",
                "The fixed devices; mobile units are never listed singly",
                [
                    new("technology", "Only of this technology."),
                    new("place", "Only of this place."),
                    new("kind", "Only of this kind."),
                    new(
                        "presence",
                        "Only those of which this is known now; several with commas between them: online, late, silent, disconnected, docked, unknown."
                    ),
                    new("exceeds", "true: only those that last reported to take in more than their rules allow; false: only the others."),
                    Today,
                    Limit,
                    After,
                ]
            ),
            ["GET devices/{id}"] = (
                "Devices",
                "One fixed device, what it reports, and what governs it",
                [new("asOf", "What it was doing at this instant, or over this day in the city; now when left out.")]
            ),
            ["GET devices/{id}/acts"] = ("Devices", null, [Limit, After]),
            ["GET devices/{id}/history"] = (
                "Devices",
                "What a device was doing over a time of at most 31 days, as intervals",
                [
                    new("from", "From this instant; a day before `to` when left out.", "date-time"),
                    new("to", "To this instant; now when left out.", "date-time"),
                ]
            ),
            ["GET devices/{id}/availability"] = (
                "Devices",
                "For what share of a time a device was heard, was not heard, and could not be seen",
                [
                    new("from", "From this instant; a day before `to` when left out.", "date-time"),
                    new("to", "To this instant; now when left out.", "date-time"),
                ]
            ),
            ["GET fleets"] = ("Devices", "The fleets of mobile units, an hour late and rounded", []),
            ["GET fleets/{id}"] = ("Devices", "One fleet of mobile units, an hour late and rounded", []),
            ["GET places"] = ("Places", "The places where people stand, their screens and devices", [Today]),
            ["GET places/{id}"] = ("Places", "One place", [Today]),
            ["GET places/{id}/notice"] = (
                "Places",
                "The notice that was in force at a place at an instant",
                [new("at", "The instant; now when left out.", "date-time")]
            ),
            ["GET kiosks"] = ("Places", "The screens and what each showed last", [Today]),
            ["GET kiosks/{id}"] = ("Places", "One screen", [Today]),
            ["GET ingest"] = (
                "Devices",
                "How many fields of vendors' messages were passed over unread, by adapter, since the registry was started; of gateways that stand for fixed devices only, and no number of heartbeats, by which mobile units could be counted",
                []
            ),
            ["GET changes"] = (
                "Changes",
                null,
                [new("state", "Only requests in this state: draft, submitted, approved, rejected or withdrawn."), Limit, After]
            ),
            ["POST changes/from-file"] = (
                "Changes",
                null,
                [new("name", "Name of the file; it ends with .csv or .yaml."), new("reason", "Why, for everybody who reads the history.")]
            ),
            ["GET log/proof"] = ("Ledger", null, [new("index", "Number of the entry.", IsRequired: true)]),
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
