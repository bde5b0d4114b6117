using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CsvHelper;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Files.Csv;
using Json = SurveillanceRegistry.Domain.Json;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>Writes fixed devices so that an import of the file finds nothing to change.</summary>
internal static class DeviceExport
{
    /// <summary>What an export does not say: the words of a list are not registered.</summary>
    private static readonly ImmutableArray<string> Columns = ListFields.All.Remove(ListFields.Name);

    public static byte[] WriteCsv(IEnumerable<Device> devices)
    {
        using var stream = new MemoryStream();
        using (
            var csv = CsvWriter.Create(
                stream,
                new CsvWriterOptions
                {
                    Quoting = CsvQuoting.WhenNeededOrWhitespace,
                    WriteByteOrderMark = true,
                    NewLine = "\r\n",
                },
                leaveOpen: true
            )
        )
        {
            csv.WriteRecord([.. Columns]);
            foreach (var device in devices)
                csv.WriteRecord([.. Columns.Select(column => FormulaEscaping.Escape(Value(device, column) ?? ""))]);
        }

        return stream.ToArray();
    }

    public static byte[] WriteGeoJson(IEnumerable<Device> devices)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteStartArray("features");
            foreach (var device in devices)
            {
                json.WriteStartObject();
                json.WriteString("type", "Feature");
                json.WritePropertyName("geometry");
                JsonSerializer.Serialize(json, (device as FixedDevice)?.Position, Json.Options);
                json.WriteStartObject("properties");
                foreach (var column in Columns.Where(column => column is not (ListFields.Latitude or ListFields.Longitude)))
                    json.WriteString(column, Value(device, column));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string? Value(Device device, string column)
    {
        var installed = device as FixedDevice;
        return column switch
        {
            ListFields.Id => device.Id,
            ListFields.Kind => device.Kind,
            ListFields.Sensors => string.Join(", ", device.Sensors.Select(Json.Word)),
            ListFields.Place => device.Place,
            ListFields.Department => device.Department,
            ListFields.Lifecycle => Json.Word(device.Lifecycle),
            ListFields.Gateway => device.Gateway,
            ListFields.Deadline => device.OwnDeadlineSeconds?.ToString(CultureInfo.InvariantCulture),
            ListFields.AssetNumber => device.AssetNumber,
            ListFields.Vendor => device.Vendor,
            ListFields.Model => device.Model,
            ListFields.InstalledOn => device.InstalledOn?.ToString(),
            ListFields.Operator => device.Operator,
            ListFields.Owner => device.Owner,
            ListFields.Latitude => Number(installed?.Position?.Latitude),
            ListFields.Longitude => Number(installed?.Position?.Longitude),
            ListFields.Directions => installed?.Directions is { } directions
                ? string.Join(' ', directions.Select(one => Number(one)))
                : null,
            ListFields.MountingHeight => Number(installed?.MountingHeight),
            ListFields.Coverage => installed?.Coverage is { } area ? JsonSerializer.Serialize(area, Json.Options) : null,
            ListFields.Sources => device.Sources is { } sources ? JsonSerializer.Serialize(sources, Json.Options) : null,
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "No field has this name."),
        };
    }

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
