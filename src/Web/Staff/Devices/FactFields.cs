using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>
/// The form fields for what is known of a device beside what it captures. A form changes only the facts whose fields it has. A fact that it
/// changes has the source that it states, or none.
/// </summary>
internal static class FactFields
{
    private const string Source = "fact-source",
        InspectedOn = "fact-inspected-on",
        Reliability = "fact-confidence";

    /// <summary>The fields of facts.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "assetNumber",
        "vendor",
        "model",
        "installedOn",
        "operator",
        "owner",
        "latitude",
        "longitude",
        "directions",
        "coverage",
        "mountingHeight",
    ];

    /// <summary>The values of the fields for a registered device.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ValuesOf(Device device)
    {
        yield return new("assetNumber", device.AssetNumber ?? "");
        yield return new("vendor", device.Vendor ?? "");
        yield return new("model", device.Model ?? "");
        yield return new("installedOn", DateFields.Show(device.InstalledOn));
        yield return new("operator", device.Operator ?? "");
        yield return new("owner", device.Owner ?? "");
        if (device is not FixedDevice installed)
            yield break;
        yield return new("latitude", Write(installed.Position?.Latitude));
        yield return new("longitude", Write(installed.Position?.Longitude));
        yield return new("directions", string.Join(", ", (installed.Directions ?? []).Select(direction => Write(direction))));
        yield return new("coverage", installed.Coverage is { } area ? JsonSerializer.Serialize(area, Domain.Json.Options) : "");
        yield return new("mountingHeight", Write(installed.MountingHeight));
    }

    /// <summary>Gives a device the facts of a form.</summary>
    /// <param name="before">The device as it is registered; null for a new one.</param>
    /// <param name="device">The device with the other fields of the form.</param>
    public static Device Read(IFormCollection form, Device? before, Device device, ImmutableArray<Refusal>.Builder refusals)
    {
        var errors = new List<FieldError>();
        Device typed = DeviceKind.Find(device.Kind)?.IsMobile == true ? new MobileDevice(device) : new FixedDevice(device);
        var after = typed with
        {
            AssetNumber = Text("assetNumber", before?.AssetNumber),
            Vendor = Text("vendor", before?.Vendor),
            Model = Text("model", before?.Model),
            InstalledOn = form.ContainsKey("installedOn") ? DateFields.Read(form, "installedOn", errors) : before?.InstalledOn,
            Operator = Text("operator", before?.Operator),
            Owner = Text("owner", before?.Owner),
        };
        if (after is FixedDevice installed)
            after = WithInstallation(form, before as FixedDevice, installed, refusals);
        refusals.AddRange(errors.Select(error => new Refusal(RefusalCodes.Invalid, error.Message, error.Field)));
        return WithSources(form, before, after);

        string? Text(string field, string? kept) => form.ContainsKey(field) ? form.Text(field) : kept;
    }

    private static FixedDevice WithInstallation(
        IFormCollection form,
        FixedDevice? before,
        FixedDevice device,
        ImmutableArray<Refusal>.Builder refusals
    ) =>
        device with
        {
            Position = form.ContainsKey("latitude") ? ReadPosition(form, refusals) : before?.Position,
            Directions = form.ContainsKey("directions") ? ReadDirections(form, refusals) : before?.Directions,
            Coverage = form.ContainsKey("coverage") ? ReadArea(form, refusals) : before?.Coverage,
            MountingHeight = form.ContainsKey("mountingHeight") ? ReadNumber(form, "mountingHeight", refusals) : before?.MountingHeight,
        };

    private static Device WithSources(IFormCollection form, Device? before, Device after)
    {
        var given = ImmutableDictionary<string, FactSource>.Empty;
        if (
            Domain.Json.TryWord<FactOrigin>(form.Text(Source), out var origin)
            && Domain.Json.TryWord<Confidence>(form.Text(Reliability), out var confidence)
        )
        {
            var source = new FactSource(origin, FormText.TryDate(form.Text(InspectedOn), out var day) ? day : null, confidence);
            given = DeviceFact
                .Differing(before ?? WithoutFacts(after), after)
                .Where(fact => fact.Value(after) is not null)
                .ToImmutableDictionary(fact => fact.Member, _ => source);
        }

        return DeviceFact.WithSources(before, after, given);
    }

    private static Device WithoutFacts(Device device) => DeviceFact.All.Aggregate(device, (known, fact) => fact.Without(known));

    private static Position? ReadPosition(IFormCollection form, ImmutableArray<Refusal>.Builder refusals)
    {
        var (latitude, longitude) = (ReadNumber(form, "latitude", refusals), ReadNumber(form, "longitude", refusals));
        if (latitude is { } north && longitude is { } east)
            return new Position(east, north);
        if (latitude is null != longitude is null)
            refusals.Add(
                new Refusal(
                    RefusalCodes.Invalid,
                    "A position has a latitude and a longitude: give both, or none.",
                    latitude is null ? "latitude" : "longitude"
                )
            );
        return null;
    }

    private static ImmutableArray<double>? ReadDirections(IFormCollection form, ImmutableArray<Refusal>.Builder refusals)
    {
        if (form.Text("directions") is not { } text)
            return null;
        var directions = ImmutableArray.CreateBuilder<double>();
        foreach (var part in text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryNumber(part.TrimEnd('°'), out var direction))
                directions.Add(direction);
            else
                refusals.Add(new Refusal(RefusalCodes.Invalid, $"“{part}” is not a number of degrees: for example 90, 270.", "directions"));
        }

        return directions.ToImmutable();
    }

    private static Area? ReadArea(IFormCollection form, ImmutableArray<Refusal>.Builder refusals)
    {
        if (form.Text("coverage") is not { } text)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Area>(text, Domain.Json.Options);
        }
        catch (JsonException)
        {
            refusals.Add(new Refusal(RefusalCodes.Invalid, "Expected a GeoJSON polygon or multi-polygon.", "coverage"));
            return null;
        }
    }

    private static double? ReadNumber(IFormCollection form, string field, ImmutableArray<Refusal>.Builder refusals)
    {
        if (form.Text(field) is not { } text)
            return null;
        if (TryNumber(text, out var number))
            return number;
        refusals.Add(new Refusal(RefusalCodes.Invalid, $"“{text}” is not a number: for example 47.6097.", field));
        return null;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static string Write(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
