import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct InfluxDBDialectTests {
    private let account = StoreAccount(
        address: "http://influx.example:8086", keys: ["token": .text("t")], settings: ["org": "my shop"])
    private let database: [String: Value] = ["database": .string("shop")]

    @Test func fluxIsPostedForCSV() async throws {
        let asking = try await Asking(InfluxDBDialect(), "from(bucket: \"b\")", by: account)
        let request = try asking.request()
        #expect(request.method == .post)
        #expect(request.url == "http://influx.example:8086/api/v2/query?org=my+shop")
        #expect(request.headers["Authorization"] == "Token t")
        #expect(request.headers["Accept"] == "application/csv")
        #expect(
            try asking.body() == #"{"dialect":{"annotations":["datatype"],"delimiter":",","header":true},"#
                + #""query":"from(bucket: \"b\")","type":"flux"}"#)
    }

    @Test func influxQLIsAskedOfADatabaseByAGet() async throws {
        let request = try await Asking(InfluxDBDialect(), "SELECT 1", database, by: account).request()
        #expect(request.method == .get)
        #expect(request.url == "http://influx.example:8086/query?db=shop&q=SELECT+1")
    }

    @Test func aTableGivesItsValuesByTheirTypes() async throws {
        let body = """
            #datatype,string,long,dateTime:RFC3339,double,string\r
            ,result,table,_time,_value,host\r
            ,_result,0,2025-11-22T18:47:00Z,0.5,"a, \""b\"""\r
            ,_result,0,2025-11-22T18:48:00Z,,c\r
            \r
            #datatype,string,long,long\r
            ,result,table,_value\r
            ,_result,1,7\r
            \r
            #datatype,string,long,boolean\r
            ,result,table,_value\r
            ,_result,2,true\r
            \r

            """
        #expect(try await flux(body) == .array([.float(0.5), .none, .int(7), .bool(true)]))
    }

    @Test func anErrorInTheMiddleIsARefusal() async throws {
        let body = """
            #datatype,string,long,double\r
            ,result,table,_value\r
            ,_result,0,0.5\r
            \r
            #datatype,string,string\r
            ,error,reference\r
            ,"cannot compile, sorry",897\r

            """
        let failure = await #expect(throws: SampleFailure.self) { try await flux(body) }
        #expect(failure == SampleFailure(.refused, "cannot compile, sorry"))
    }

    @Test(arguments: [
        "#datatype,string,long,double\r\n,result,table,_value\r\n,_result,0,abc\r\n",
        "#datatype,string,long,double\r\n,result,table,_value\r\n,_result,0\r\n", "a,b\r\n1,2\r\n", "",
    ])
    func halfATableIsNone(body: String) async throws {
        let failure = await #expect(throws: SampleFailure.self) { try await flux(body) }
        #expect(failure?.kind == .outage)
    }

    @Test func everyColumnButTheTimeIsAValue() async throws {
        let body = """
            {"results": [{"statement_id": 0, "series": [
              {"name": "web", "columns": ["time", "mean", "max"], "values": [["t1", 0.5, 2], ["t2", null, 3]]},
              {"name": "api", "columns": ["time", "mean"], "values": [["t1", 7]]}]}]}
            """
        let values: [Value] = [.float(0.5), .float(2), .none, .float(3), .float(7)]
        #expect(try await Asking(InfluxDBDialect(), "q", database).value(body) == .array(values))
    }

    @Test func anErrorOfAStatementIsARefusal() async throws {
        let asking = try await Asking(InfluxDBDialect(), "q", database)
        let failure = #expect(throws: SampleFailure.self) {
            try asking.sample(#"{"results": [{"statement_id": 0, "error": "database not found: shop"}]}"#)
        }
        #expect(failure == SampleFailure(.refused, "database not found: shop"))
    }

    private func flux(_ body: String) async throws -> Value? {
        try await Asking(InfluxDBDialect(), "q").value(body)
    }
}
