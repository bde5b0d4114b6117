using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Devices.Facts;

/// <summary>
/// The facts about a device beside what it captures, in a language: each with its source, so that none claims more certainty than it has.
/// </summary>
internal sealed class KnownFacts(Device device, City city, PageLanguage language)
{
    /// <summary>For each known fact its member, its name and a sentence.</summary>
    public IEnumerable<(string Member, string Name, string Sentence)> All
    {
        get
        {
            if (device.AssetNumber is { } number)
                yield return Fact("assetNumber", "asset-number", number);
            if (device.Vendor is { } vendor)
                yield return device.Model is { } model ? Fact("model", "model", $"{vendor} {model}") : Fact("vendor", "model", vendor);
            if (device.InstalledOn is { } day)
                yield return Fact("installedOn", "installed", language.Wording.Date(day));
            if (device.Operator is { } party)
                yield return Fact("operator", "operator", NameOf(party));
            if (device.Owner is { } owner)
                yield return Fact("owner", "owner", NameOf(owner));
            foreach (var fact in device is FixedDevice installed ? Installation(installed) : [])
                yield return fact;
        }
    }

    private IEnumerable<(string Member, string Name, string Sentence)> Installation(FixedDevice installed)
    {
        if (installed.Position is { } position)
            yield return Fact(
                "position",
                "position",
                language["device.position.text", ("latitude", Digits(position.Latitude)), ("longitude", Digits(position.Longitude))]
            );
        if (installed.Directions is { } directions)
            yield return Fact(
                "directions",
                "directions",
                language[
                    "device.directions.text",
                    ("degrees", language.Wording.List([.. directions.Select(direction => Digits(direction) + "°")]))
                ]
            );
        if (installed.Coverage is { } area)
            yield return Fact("coverage", "coverage", language["device.coverage.text", ("count", $"{area.Points.Count()}")]);
        if (installed.MountingHeight is { } height)
            yield return Fact("mountingHeight", "height", language["device.height.text", ("metres", language.Wording.Number(height))]);
    }

    private (string Member, string Name, string Sentence) Fact(string member, string key, string text)
    {
        var source = device.Sources?.GetValueOrDefault(member);
        if (source is null)
            return (member, language[$"device.{key}"], language["device.source.none", ("fact", text)]);
        var (origin, confidence) = (language[$"origin.{Json.Word(source.Source)}"], language[$"confidence.{Json.Word(source.Confidence)}"]);
        var sentence = source.InspectedOn is { } inspected
            ? language[
                "device.source.inspected",
                ("fact", text),
                ("origin", origin),
                ("confidence", confidence),
                ("date", language.Wording.Date(inspected))
            ]
            : language["device.source", ("fact", text), ("origin", origin), ("confidence", confidence)];
        return (member, language[$"device.{key}"], sentence);
    }

    private string NameOf(string party) => city.Department(party)?.Name ?? party;

    private static string Digits(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);
}
