using System.Collections.Frozen;

namespace SurveillanceRegistry.Web.Api;

/// <summary>
/// The names of operations, by which generated clients call them: they never change. A test checks that each operation has one.
/// </summary>
internal static class OperationIds
{
    private const string FromFile = "draftChangeFromFile";

    /// <summary>Method and path below <c>/api/v1/</c> → name.</summary>
    private static readonly FrozenDictionary<string, string> All = new Dictionary<string, string>
    {
        ["GET governance"] = "getGovernance",
        ["GET governance.csv"] = "getGovernanceFile",
        ["GET instruments"] = "listInstruments",
        ["GET instruments/{id}"] = "getInstrument",
        ["GET instruments/{id}/history"] = "listInstrumentRevisions",
        ["GET technologies"] = "listTechnologies",
        ["GET technologies/{id}"] = "getTechnology",
        ["GET technologies/{id}/history"] = "listTechnologyRevisions",
        ["GET wordings"] = "listWordings",
        ["GET wordings/{id}"] = "getWording",
        ["GET wordings/{id}/history"] = "listWordingRevisions",
        ["GET devices"] = "listDevices",
        ["POST devices"] = "registerDevice",
        ["GET imports"] = "listImports",
        ["POST imports"] = "sendImport",
        ["GET imports/{id}"] = "getImport",
        ["PATCH imports/{id}"] = "decideImport",
        ["POST imports/{id}/commit"] = "commitImport",
        ["POST imports/{id}/undo"] = "undoImport",
        ["GET names"] = "listNames",
        ["POST names"] = "addName",
        ["GET devices/{id}"] = "getDevice",
        ["PATCH devices/{id}"] = "changeDevice",
        ["GET devices/{id}/history"] = "listDeviceStates",
        ["GET devices/{id}/availability"] = "getDeviceAvailability",
        ["GET devices/{id}/acts"] = "listMobileDeviceActs",
        ["POST devices/{id}/forget-epoch"] = "forgetDeviceEpoch",
        ["POST devices/{id}/confirm-absence"] = "confirmDeviceAbsence",
        ["GET devices/{id}/credentials"] = "listDeviceCredentials",
        ["POST devices/{id}/credentials"] = "issueDeviceCredential",
        ["POST devices/{id}/credentials/{number}/end"] = "endDeviceCredential",
        ["GET gateways"] = "listGateways",
        ["POST gateways"] = "registerGateway",
        ["GET gateways/{id}"] = "getGateway",
        ["GET gateways/{id}/history"] = "listGatewayVersions",
        ["PATCH gateways/{id}"] = "changeGateway",
        ["GET gateways/{id}/credentials"] = "listGatewayCredentials",
        ["POST gateways/{id}/credentials"] = "issueGatewayCredential",
        ["POST gateways/{id}/credentials/{number}/end"] = "endGatewayCredential",
        ["POST claims"] = "useClaimCode",
        ["GET withdrawals"] = "listWithdrawals",
        ["GET fleets"] = "listFleets",
        ["GET fleets/{id}"] = "getFleet",
        ["GET fleets/{id}/history"] = "listFleetVersions",
        ["POST fleets"] = "registerFleet",
        ["PATCH fleets/{id}"] = "changeFleet",
        ["GET departments"] = "listDepartments",
        ["GET departments/{id}"] = "getDepartment",
        ["GET departments/{id}/history"] = "listDepartmentVersions",
        ["GET search"] = "search",
        ["GET places"] = "listPlaces",
        ["GET places/{id}"] = "getPlace",
        ["POST places"] = "registerPlace",
        ["PATCH places/{id}"] = "changePlace",
        ["GET places/{id}/history"] = "listPlaceVersions",
        ["GET places/{id}/notice"] = "getPlaceNotice",
        ["GET kiosks"] = "listKiosks",
        ["GET kiosks/{id}"] = "getKiosk",
        ["POST kiosks"] = "registerKiosk",
        ["PATCH kiosks/{id}"] = "changeKiosk",
        ["GET kiosks/{id}/history"] = "listKioskVersions",
        ["GET ingest"] = "getIngest",
        ["GET changes"] = "listChanges",
        ["POST changes"] = "draftChange",
        ["POST changes/from-file"] = FromFile,
        ["GET changes/{id}"] = "getChange",
        ["PUT changes/{id}"] = "reviseChange",
        ["POST changes/{id}/submit"] = "submitChange",
        ["POST changes/{id}/approve"] = "approveChange",
        ["POST changes/{id}/reject"] = "rejectChange",
        ["POST changes/{id}/withdraw"] = "withdrawChange",
        ["POST changes/{id}/reopen"] = "reopenChange",
        ["GET documents/{kind}/{id}"] = "getDocument",
        ["GET log/checkpoint"] = "getLogCheckpoint",
        ["GET log/key"] = "getLogKey",
        ["GET log/tile/{address}"] = "getLogTile",
        ["GET log/entries/{index}"] = "getLogEntry",
        ["GET log/proof"] = "getLogProof",
        ["GET audit/readings"] = "listReadings",
        ["GET audit/security"] = "listSecurityEvents",
        ["GET holds"] = "listHolds",
        ["POST holds"] = "placeHold",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name of an operation; null when it has none yet.</summary>
    public static string? Of(string method, string path) => All.GetValueOrDefault($"{method} {path}");

    /// <summary>Whether the body of an operation is a file.</summary>
    public static bool TakesFile(string? id) => id == FromFile;
}
