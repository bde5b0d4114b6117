using System.Collections.Frozen;
using Microsoft.OpenApi;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Api.Schemas;

namespace SurveillanceRegistry.Web.Api;

/// <summary>A query parameter.</summary>
/// <param name="Form">The JSON Schema of its values; any text when null.</param>
internal sealed record Parameter(string Name, string Description, Func<OpenApiSchema>? Form = null, bool IsRequired = false)
{
    /// <summary>Whether its value is a list, so that it may stand several times.</summary>
    public bool IsList => Form?.Invoke().Type == JsonSchemaType.Array;
}

/// <summary>
/// The purpose and the query parameters of each operation, in one place; a test checks that no operation is missing.
/// </summary>
internal static class Operations
{
    private static readonly Parameter AsOf =
            new("asOf", "The day of the law, in the city's time zone; today when left out.", ParameterForms.Day),
        KnownAt = new("knownAt", "The instant: what the registry knew then; now when left out.", ParameterForms.Instant),
        Today =
            new(
                "asOf",
                "Today, in the city's time zone, or left out. "
                    + "Any other day is refused with what to use instead: only the current version exists.",
                ParameterForms.Day
            ),
        Registered =
            new(
                "asOf",
                "What the register says of this day in the city, or of this instant. A day means its end; now when left out.",
                ParameterForms.DayOrInstant
            ),
        Limit = PageOf(1000),
        After = new("after", "The `next` of the previous page.");

    /// <summary>The groups of operations.</summary>
    public static FrozenDictionary<string, string> Tags { get; } =
        new Dictionary<string, string>
        {
            ["Governance"] = "The law: which text governs which technology, on any day and as known at any instant.",
            ["Devices"] = "The register of devices, fleets and gateways, and what devices do.",
            ["Imports"] = "The lists of a city: sent, looked at, recorded as one act, and undone.",
            ["Places"] = "Places, their signed notices and their screens; departments.",
            ["Changes"] = "Change requests, and the documents that they change.",
            ["Ledger"] = "The ledger as a transparency log, for independent verification.",
            ["Audit"] = "Who read what, and the security log.",
            ["Records"] = "Legal holds on the registry's own records.",
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The parts of paths that a caller fills in.</summary>
    public static FrozenDictionary<string, string> PathParameters { get; } =
        new Dictionary<string, string>
        {
            ["id"] = "The id, as its list has it.",
            ["number"] = "The number of the credential.",
            ["kind"] = "city, chapters, wording, technology or instrument.",
            ["index"] = "The number of the entry, from 0.",
            ["address"] = "The address of the tile with its slashes, for example 0/000 or entries/x001/234.p/17.",
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Method and path below <c>/api/v1/</c> → group, summary, and query parameters.</summary>
    public static FrozenDictionary<string, (string Tag, string? Summary, Parameter[] Parameters)> All { get; } =
        new Dictionary<string, (string, string?, Parameter[])>
        {
            ["GET governance"] = (
                "Governance",
                "The governance table: one row for each technology and instrument, of every status",
                [
                    AsOf,
                    KnownAt,
                    new("status", "Only rows of these statuses, with commas between them.", ParameterForms.Words<RuleStatus>),
                    Limit,
                    After,
                ]
            ),
            ["GET governance.csv"] = ("Governance", null, []),
            ["GET instruments"] = ("Governance", "All instruments: laws and policies", [AsOf, KnownAt, Limit, After]),
            ["GET instruments/{id}"] = ("Governance", "One instrument with its versions and its status", [AsOf, KnownAt]),
            ["GET instruments/{id}/history"] = (
                "Governance",
                "All recorded revisions of an instrument, as data and as sentences",
                [KnownAt, Limit, After]
            ),
            ["GET technologies"] = ("Governance", "All technologies", [AsOf, KnownAt, Limit, After]),
            ["GET technologies/{id}"] = ("Governance", "One technology and the instruments that govern it", [AsOf, KnownAt]),
            ["GET technologies/{id}/history"] = ("Governance", "All recorded revisions of a technology", [KnownAt, Limit, After]),
            ["GET wordings"] = ("Governance", "The languages of signs and pages", [AsOf, KnownAt]),
            ["GET wordings/{id}"] = ("Governance", "The texts of signs and pages in one language", [AsOf, KnownAt]),
            ["GET wordings/{id}/history"] = ("Governance", "All recorded revisions of the texts of a language", [KnownAt, Limit, After]),
            ["GET devices"] = (
                "Devices",
                "The fixed devices; mobile devices are never listed individually",
                [
                    new("technology", "Only of this technology. A word that is none is refused with the list."),
                    new("place", "Only of this place."),
                    new("kind", "Only of this kind.", () => ParameterForms.OneOf(DeviceKind.All.Select(kind => kind.Id))),
                    new(
                        "presence",
                        "Only devices with these presence states, with commas between them.",
                        ParameterForms.Words<PresenceState>
                    ),
                    new(
                        "exceeds",
                        "true: only devices whose last report exceeds their rules; false: only the others. With this or `presence` a page "
                            + "may hold fewer devices than `limit` and still have a `next`.",
                        ParameterForms.Boolean
                    ),
                    Today,
                    Limit,
                    After,
                ]
            ),
            ["GET devices/{id}"] = (
                "Devices",
                "One fixed device, its last report and the rules that govern it",
                [
                    new(
                        "asOf",
                        "What was registered of it and what it was doing at this instant, or over this day in the city; now when left out.",
                        ParameterForms.DayOrInstant
                    ),
                    new("knownAt", "The instant: what was registered of it by then; now when left out.", ParameterForms.Instant),
                ]
            ),
            ["GET names"] = ("Devices", "The vendors, models and organisations that facts about devices may name", [Limit, After]),
            ["GET devices/{id}/acts"] = ("Devices", null, [PageOf(100), After]),
            ["GET devices/{id}/history"] = (
                "Devices",
                "The states of a device over at most 31 days, as intervals",
                [
                    new("from", "From this instant; a day before `to` when left out.", ParameterForms.Instant),
                    new("to", "To this instant; now when left out.", ParameterForms.Instant),
                ]
            ),
            ["GET devices/{id}/availability"] = (
                "Devices",
                "The shares of time in which a device was heard, was not heard, and could not be observed",
                [
                    new("from", "From this instant; a day before `to` when left out.", ParameterForms.Instant),
                    new("to", "To this instant; now when left out.", ParameterForms.Instant),
                ]
            ),
            ["GET fleets"] = ("Devices", "The fleets of mobile devices, rounded and one hour late", [Registered, KnownAt, Limit, After]),
            ["GET fleets/{id}"] = ("Devices", "One fleet of mobile devices, rounded and one hour late", [Registered, KnownAt]),
            ["GET fleets/{id}/history"] = ("Devices", "Every version of a fleet, oldest first, with who recorded it and why", []),
            ["POST fleets"] = ("Devices", null, []),
            ["PATCH fleets/{id}"] = ("Devices", null, []),
            ["GET departments"] = ("Places", "The departments of the city", [Registered, KnownAt, Limit, After]),
            ["GET departments/{id}"] = ("Places", "One department", [Registered, KnownAt]),
            ["GET departments/{id}/history"] = ("Places", "Every version of a department, oldest first", []),
            ["GET imports"] = ("Imports", "The lists that were sent and recorded", [Limit, After]),
            ["GET gateways"] = ("Devices", null, [Registered, KnownAt, Limit, After]),
            ["GET gateways/{id}"] = ("Devices", null, [Registered, KnownAt]),
            ["GET withdrawals"] = ("Devices", null, [Limit, After]),
            ["GET holds"] = ("Records", null, [Limit, After]),
            ["GET search"] = (
                "Places",
                "Finds places, screens, fleets, fixed devices and the law, with the field that matched; with a token change requests too",
                [new("q", "One to eight words, at most 200 characters.", IsRequired: true), PageOf(50)]
            ),
            ["GET places"] = ("Places", "The places with their screens and devices", [Registered, KnownAt, Limit, After]),
            ["GET places/{id}"] = ("Places", "One place", [Registered, KnownAt]),
            ["GET places/{id}/history"] = ("Places", "Every version of a place, oldest first, with who recorded it and why", []),
            ["POST places"] = ("Places", null, []),
            ["PATCH places/{id}"] = ("Places", null, []),
            ["POST kiosks"] = ("Places", null, []),
            ["PATCH kiosks/{id}"] = ("Places", null, []),
            ["GET places/{id}/notice"] = (
                "Places",
                "The notice that was in force at a place at an instant. "
                    + "For a time in which the registry could not observe, `notice` is null and `gap` says from when to when. "
                    + "`displays` is empty: screens do not sign yet what they show.",
                [new("at", "The instant; now when left out.", ParameterForms.Instant)]
            ),
            ["GET kiosks"] = ("Places", "The screens and what each last showed", [Registered, KnownAt, Limit, After]),
            ["GET kiosks/{id}"] = ("Places", "One screen", [Registered, KnownAt]),
            ["GET kiosks/{id}/history"] = ("Places", "Every version of a screen, oldest first, with who recorded it and why", []),
            ["GET ingest"] = (
                "Devices",
                "How many fields of vendors' messages were dropped unread since the start, by adapter. "
                    + "Gateways of mobile devices and numbers of heartbeats are left out: they would let mobile devices be counted.",
                []
            ),
            ["GET changes"] = (
                "Changes",
                null,
                [new("state", "Only requests in this state.", () => ParameterForms.OneOf<ChangeState>()), PageOf(200), After]
            ),
            ["POST changes/from-file"] = (
                "Changes",
                null,
                [new("name", "The name of the file, ending with .csv or .yaml."), new("reason", "The reason, for readers of the history.")]
            ),
            ["GET log/proof"] = ("Ledger", null, [new("index", "Number of the entry.", ParameterForms.Number, IsRequired: true)]),
            ["GET audit/readings"] = (
                "Audit",
                null,
                [new("reader", "Only of this staff id."), new("device", "Only of this device."), PageOf(200), After]
            ),
            ["GET audit/security"] = (
                "Audit",
                null,
                [
                    new("kind", "Only events of this kind.", () => ParameterForms.OneOf<SecurityEventKind>()),
                    new("staff", "Only events that this staff id did or that happened to it."),
                    PageOf(200),
                    After,
                ]
            ),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static Parameter PageOf(int max) => new("limit", "The most items of a page.", () => ParameterForms.Count(max));
}
