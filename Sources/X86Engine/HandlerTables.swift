// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file

// Printed by Scripts/handlers.py: the instances of the handlers' generic bodies, and tables of them.

enum Handlers {
    static let add = ArithmeticForms(
        rr: BySize(addRR8, addRR16, addRR32, addRR64),
        ri: BySize(addRI8, addRI16, addRI32, addRI64),
        rm: ByAddress(base: BySize(addRMB8, addRMB16, addRMB32, addRMB64), indexed: BySize(addRMX8, addRMX16, addRMX32, addRMX64), segmented: BySize(addRMS8, addRMS16, addRMS32, addRMS64)),
        mr: ByAddress(base: BySize(addMRB8, addMRB16, addMRB32, addMRB64), indexed: BySize(addMRX8, addMRX16, addMRX32, addMRX64), segmented: BySize(addMRS8, addMRS16, addMRS32, addMRS64)),
        mi: ByAddress(base: BySize(addMIB8, addMIB16, addMIB32, addMIB64), indexed: BySize(addMIX8, addMIX16, addMIX32, addMIX64), segmented: BySize(addMIS8, addMIS16, addMIS32, addMIS64)),
        rrDead: BySize(addRRDead8, addRRDead16, addRRDead32, addRRDead64),
        riDead: BySize(addRIDead8, addRIDead16, addRIDead32, addRIDead64),
        rmDead: ByAddress(base: BySize(addRMDeadB8, addRMDeadB16, addRMDeadB32, addRMDeadB64), indexed: BySize(addRMDeadX8, addRMDeadX16, addRMDeadX32, addRMDeadX64), segmented: BySize(addRMDeadS8, addRMDeadS16, addRMDeadS32, addRMDeadS64)))
    static let or = ArithmeticForms(
        rr: BySize(orRR8, orRR16, orRR32, orRR64),
        ri: BySize(orRI8, orRI16, orRI32, orRI64),
        rm: ByAddress(base: BySize(orRMB8, orRMB16, orRMB32, orRMB64), indexed: BySize(orRMX8, orRMX16, orRMX32, orRMX64), segmented: BySize(orRMS8, orRMS16, orRMS32, orRMS64)),
        mr: ByAddress(base: BySize(orMRB8, orMRB16, orMRB32, orMRB64), indexed: BySize(orMRX8, orMRX16, orMRX32, orMRX64), segmented: BySize(orMRS8, orMRS16, orMRS32, orMRS64)),
        mi: ByAddress(base: BySize(orMIB8, orMIB16, orMIB32, orMIB64), indexed: BySize(orMIX8, orMIX16, orMIX32, orMIX64), segmented: BySize(orMIS8, orMIS16, orMIS32, orMIS64)),
        rrDead: BySize(orRRDead8, orRRDead16, orRRDead32, orRRDead64),
        riDead: BySize(orRIDead8, orRIDead16, orRIDead32, orRIDead64),
        rmDead: ByAddress(base: BySize(orRMDeadB8, orRMDeadB16, orRMDeadB32, orRMDeadB64), indexed: BySize(orRMDeadX8, orRMDeadX16, orRMDeadX32, orRMDeadX64), segmented: BySize(orRMDeadS8, orRMDeadS16, orRMDeadS32, orRMDeadS64)))
    static let addWithCarry = ArithmeticForms(
        rr: BySize(addWithCarryRR8, addWithCarryRR16, addWithCarryRR32, addWithCarryRR64),
        ri: BySize(addWithCarryRI8, addWithCarryRI16, addWithCarryRI32, addWithCarryRI64),
        rm: ByAddress(base: BySize(addWithCarryRMB8, addWithCarryRMB16, addWithCarryRMB32, addWithCarryRMB64), indexed: BySize(addWithCarryRMX8, addWithCarryRMX16, addWithCarryRMX32, addWithCarryRMX64), segmented: BySize(addWithCarryRMS8, addWithCarryRMS16, addWithCarryRMS32, addWithCarryRMS64)),
        mr: ByAddress(base: BySize(addWithCarryMRB8, addWithCarryMRB16, addWithCarryMRB32, addWithCarryMRB64), indexed: BySize(addWithCarryMRX8, addWithCarryMRX16, addWithCarryMRX32, addWithCarryMRX64), segmented: BySize(addWithCarryMRS8, addWithCarryMRS16, addWithCarryMRS32, addWithCarryMRS64)),
        mi: ByAddress(base: BySize(addWithCarryMIB8, addWithCarryMIB16, addWithCarryMIB32, addWithCarryMIB64), indexed: BySize(addWithCarryMIX8, addWithCarryMIX16, addWithCarryMIX32, addWithCarryMIX64), segmented: BySize(addWithCarryMIS8, addWithCarryMIS16, addWithCarryMIS32, addWithCarryMIS64)),
        rrDead: BySize(addWithCarryRR8, addWithCarryRR16, addWithCarryRR32, addWithCarryRR64),
        riDead: BySize(addWithCarryRI8, addWithCarryRI16, addWithCarryRI32, addWithCarryRI64),
        rmDead: ByAddress(base: BySize(addWithCarryRMB8, addWithCarryRMB16, addWithCarryRMB32, addWithCarryRMB64), indexed: BySize(addWithCarryRMX8, addWithCarryRMX16, addWithCarryRMX32, addWithCarryRMX64), segmented: BySize(addWithCarryRMS8, addWithCarryRMS16, addWithCarryRMS32, addWithCarryRMS64)))
    static let subtractWithBorrow = ArithmeticForms(
        rr: BySize(subtractWithBorrowRR8, subtractWithBorrowRR16, subtractWithBorrowRR32, subtractWithBorrowRR64),
        ri: BySize(subtractWithBorrowRI8, subtractWithBorrowRI16, subtractWithBorrowRI32, subtractWithBorrowRI64),
        rm: ByAddress(base: BySize(subtractWithBorrowRMB8, subtractWithBorrowRMB16, subtractWithBorrowRMB32, subtractWithBorrowRMB64), indexed: BySize(subtractWithBorrowRMX8, subtractWithBorrowRMX16, subtractWithBorrowRMX32, subtractWithBorrowRMX64), segmented: BySize(subtractWithBorrowRMS8, subtractWithBorrowRMS16, subtractWithBorrowRMS32, subtractWithBorrowRMS64)),
        mr: ByAddress(base: BySize(subtractWithBorrowMRB8, subtractWithBorrowMRB16, subtractWithBorrowMRB32, subtractWithBorrowMRB64), indexed: BySize(subtractWithBorrowMRX8, subtractWithBorrowMRX16, subtractWithBorrowMRX32, subtractWithBorrowMRX64), segmented: BySize(subtractWithBorrowMRS8, subtractWithBorrowMRS16, subtractWithBorrowMRS32, subtractWithBorrowMRS64)),
        mi: ByAddress(base: BySize(subtractWithBorrowMIB8, subtractWithBorrowMIB16, subtractWithBorrowMIB32, subtractWithBorrowMIB64), indexed: BySize(subtractWithBorrowMIX8, subtractWithBorrowMIX16, subtractWithBorrowMIX32, subtractWithBorrowMIX64), segmented: BySize(subtractWithBorrowMIS8, subtractWithBorrowMIS16, subtractWithBorrowMIS32, subtractWithBorrowMIS64)),
        rrDead: BySize(subtractWithBorrowRR8, subtractWithBorrowRR16, subtractWithBorrowRR32, subtractWithBorrowRR64),
        riDead: BySize(subtractWithBorrowRI8, subtractWithBorrowRI16, subtractWithBorrowRI32, subtractWithBorrowRI64),
        rmDead: ByAddress(base: BySize(subtractWithBorrowRMB8, subtractWithBorrowRMB16, subtractWithBorrowRMB32, subtractWithBorrowRMB64), indexed: BySize(subtractWithBorrowRMX8, subtractWithBorrowRMX16, subtractWithBorrowRMX32, subtractWithBorrowRMX64), segmented: BySize(subtractWithBorrowRMS8, subtractWithBorrowRMS16, subtractWithBorrowRMS32, subtractWithBorrowRMS64)))
    static let and = ArithmeticForms(
        rr: BySize(andRR8, andRR16, andRR32, andRR64),
        ri: BySize(andRI8, andRI16, andRI32, andRI64),
        rm: ByAddress(base: BySize(andRMB8, andRMB16, andRMB32, andRMB64), indexed: BySize(andRMX8, andRMX16, andRMX32, andRMX64), segmented: BySize(andRMS8, andRMS16, andRMS32, andRMS64)),
        mr: ByAddress(base: BySize(andMRB8, andMRB16, andMRB32, andMRB64), indexed: BySize(andMRX8, andMRX16, andMRX32, andMRX64), segmented: BySize(andMRS8, andMRS16, andMRS32, andMRS64)),
        mi: ByAddress(base: BySize(andMIB8, andMIB16, andMIB32, andMIB64), indexed: BySize(andMIX8, andMIX16, andMIX32, andMIX64), segmented: BySize(andMIS8, andMIS16, andMIS32, andMIS64)),
        rrDead: BySize(andRRDead8, andRRDead16, andRRDead32, andRRDead64),
        riDead: BySize(andRIDead8, andRIDead16, andRIDead32, andRIDead64),
        rmDead: ByAddress(base: BySize(andRMDeadB8, andRMDeadB16, andRMDeadB32, andRMDeadB64), indexed: BySize(andRMDeadX8, andRMDeadX16, andRMDeadX32, andRMDeadX64), segmented: BySize(andRMDeadS8, andRMDeadS16, andRMDeadS32, andRMDeadS64)))
    static let subtract = ArithmeticForms(
        rr: BySize(subtractRR8, subtractRR16, subtractRR32, subtractRR64),
        ri: BySize(subtractRI8, subtractRI16, subtractRI32, subtractRI64),
        rm: ByAddress(base: BySize(subtractRMB8, subtractRMB16, subtractRMB32, subtractRMB64), indexed: BySize(subtractRMX8, subtractRMX16, subtractRMX32, subtractRMX64), segmented: BySize(subtractRMS8, subtractRMS16, subtractRMS32, subtractRMS64)),
        mr: ByAddress(base: BySize(subtractMRB8, subtractMRB16, subtractMRB32, subtractMRB64), indexed: BySize(subtractMRX8, subtractMRX16, subtractMRX32, subtractMRX64), segmented: BySize(subtractMRS8, subtractMRS16, subtractMRS32, subtractMRS64)),
        mi: ByAddress(base: BySize(subtractMIB8, subtractMIB16, subtractMIB32, subtractMIB64), indexed: BySize(subtractMIX8, subtractMIX16, subtractMIX32, subtractMIX64), segmented: BySize(subtractMIS8, subtractMIS16, subtractMIS32, subtractMIS64)),
        rrDead: BySize(subtractRRDead8, subtractRRDead16, subtractRRDead32, subtractRRDead64),
        riDead: BySize(subtractRIDead8, subtractRIDead16, subtractRIDead32, subtractRIDead64),
        rmDead: ByAddress(base: BySize(subtractRMDeadB8, subtractRMDeadB16, subtractRMDeadB32, subtractRMDeadB64), indexed: BySize(subtractRMDeadX8, subtractRMDeadX16, subtractRMDeadX32, subtractRMDeadX64), segmented: BySize(subtractRMDeadS8, subtractRMDeadS16, subtractRMDeadS32, subtractRMDeadS64)))
    static let xor = ArithmeticForms(
        rr: BySize(xorRR8, xorRR16, xorRR32, xorRR64),
        ri: BySize(xorRI8, xorRI16, xorRI32, xorRI64),
        rm: ByAddress(base: BySize(xorRMB8, xorRMB16, xorRMB32, xorRMB64), indexed: BySize(xorRMX8, xorRMX16, xorRMX32, xorRMX64), segmented: BySize(xorRMS8, xorRMS16, xorRMS32, xorRMS64)),
        mr: ByAddress(base: BySize(xorMRB8, xorMRB16, xorMRB32, xorMRB64), indexed: BySize(xorMRX8, xorMRX16, xorMRX32, xorMRX64), segmented: BySize(xorMRS8, xorMRS16, xorMRS32, xorMRS64)),
        mi: ByAddress(base: BySize(xorMIB8, xorMIB16, xorMIB32, xorMIB64), indexed: BySize(xorMIX8, xorMIX16, xorMIX32, xorMIX64), segmented: BySize(xorMIS8, xorMIS16, xorMIS32, xorMIS64)),
        rrDead: BySize(xorRRDead8, xorRRDead16, xorRRDead32, xorRRDead64),
        riDead: BySize(xorRIDead8, xorRIDead16, xorRIDead32, xorRIDead64),
        rmDead: ByAddress(base: BySize(xorRMDeadB8, xorRMDeadB16, xorRMDeadB32, xorRMDeadB64), indexed: BySize(xorRMDeadX8, xorRMDeadX16, xorRMDeadX32, xorRMDeadX64), segmented: BySize(xorRMDeadS8, xorRMDeadS16, xorRMDeadS32, xorRMDeadS64)))
    static let compare = ArithmeticForms(
        rr: BySize(compareRR8, compareRR16, compareRR32, compareRR64),
        ri: BySize(compareRI8, compareRI16, compareRI32, compareRI64),
        rm: ByAddress(base: BySize(compareRMB8, compareRMB16, compareRMB32, compareRMB64), indexed: BySize(compareRMX8, compareRMX16, compareRMX32, compareRMX64), segmented: BySize(compareRMS8, compareRMS16, compareRMS32, compareRMS64)),
        mr: ByAddress(base: BySize(compareMRB8, compareMRB16, compareMRB32, compareMRB64), indexed: BySize(compareMRX8, compareMRX16, compareMRX32, compareMRX64), segmented: BySize(compareMRS8, compareMRS16, compareMRS32, compareMRS64)),
        mi: ByAddress(base: BySize(compareMIB8, compareMIB16, compareMIB32, compareMIB64), indexed: BySize(compareMIX8, compareMIX16, compareMIX32, compareMIX64), segmented: BySize(compareMIS8, compareMIS16, compareMIS32, compareMIS64)),
        rrDead: BySize(compareRR8, compareRR16, compareRR32, compareRR64),
        riDead: BySize(compareRI8, compareRI16, compareRI32, compareRI64),
        rmDead: ByAddress(base: BySize(compareRMB8, compareRMB16, compareRMB32, compareRMB64), indexed: BySize(compareRMX8, compareRMX16, compareRMX32, compareRMX64), segmented: BySize(compareRMS8, compareRMS16, compareRMS32, compareRMS64)))
    static let test = ArithmeticForms(
        rr: BySize(testRR8, testRR16, testRR32, testRR64),
        ri: BySize(testRI8, testRI16, testRI32, testRI64),
        rm: ByAddress(base: BySize(testRMB8, testRMB16, testRMB32, testRMB64), indexed: BySize(testRMX8, testRMX16, testRMX32, testRMX64), segmented: BySize(testRMS8, testRMS16, testRMS32, testRMS64)),
        mr: ByAddress(base: BySize(testMRB8, testMRB16, testMRB32, testMRB64), indexed: BySize(testMRX8, testMRX16, testMRX32, testMRX64), segmented: BySize(testMRS8, testMRS16, testMRS32, testMRS64)),
        mi: ByAddress(base: BySize(testMIB8, testMIB16, testMIB32, testMIB64), indexed: BySize(testMIX8, testMIX16, testMIX32, testMIX64), segmented: BySize(testMIS8, testMIS16, testMIS32, testMIS64)),
        rrDead: BySize(testRR8, testRR16, testRR32, testRR64),
        riDead: BySize(testRI8, testRI16, testRI32, testRI64),
        rmDead: ByAddress(base: BySize(testRMB8, testRMB16, testRMB32, testRMB64), indexed: BySize(testRMX8, testRMX16, testRMX32, testRMX64), segmented: BySize(testRMS8, testRMS16, testRMS32, testRMS64)))
    static let arithmetic: [ArithmeticForms] = [
        add, or, addWithCarry, subtractWithBorrow, and, subtract, xor, compare]
    static let incrementM = ByAddress(base: BySize(incrementMB8, incrementMB16, incrementMB32, incrementMB64), indexed: BySize(incrementMX8, incrementMX16, incrementMX32, incrementMX64), segmented: BySize(incrementMS8, incrementMS16, incrementMS32, incrementMS64))
    static let decrementM = ByAddress(base: BySize(decrementMB8, decrementMB16, decrementMB32, decrementMB64), indexed: BySize(decrementMX8, decrementMX16, decrementMX32, decrementMX64), segmented: BySize(decrementMS8, decrementMS16, decrementMS32, decrementMS64))
    static let notM = ByAddress(base: BySize(notMB8, notMB16, notMB32, notMB64), indexed: BySize(notMX8, notMX16, notMX32, notMX64), segmented: BySize(notMS8, notMS16, notMS32, notMS64))
    static let negateM = ByAddress(base: BySize(negateMB8, negateMB16, negateMB32, negateMB64), indexed: BySize(negateMX8, negateMX16, negateMX32, negateMX64), segmented: BySize(negateMS8, negateMS16, negateMS32, negateMS64))
    static let notR = BySize(notR8, notR16, notR32, notR64)
    static let negateR = BySize(negateR8, negateR16, negateR32, negateR64)
    /// By `KnownFlags`.
    static let incrementR: [BySize] = [
        BySize(incrementRNone8, incrementRNone16, incrementRNone32, incrementRNone64),
        BySize(incrementRSub8, incrementRSub16, incrementRSub32, incrementRSub64),
        BySize(incrementRLogic8, incrementRLogic16, incrementRLogic32, incrementRLogic64),
        BySize(incrementRAdd8, incrementRAdd16, incrementRAdd32, incrementRAdd64),
        BySize(incrementRResult8, incrementRResult16, incrementRResult32, incrementRResult64)]
    /// By `KnownFlags`.
    static let decrementR: [BySize] = [
        BySize(decrementRNone8, decrementRNone16, decrementRNone32, decrementRNone64),
        BySize(decrementRSub8, decrementRSub16, decrementRSub32, decrementRSub64),
        BySize(decrementRLogic8, decrementRLogic16, decrementRLogic32, decrementRLogic64),
        BySize(decrementRAdd8, decrementRAdd16, decrementRAdd32, decrementRAdd64),
        BySize(decrementRResult8, decrementRResult16, decrementRResult32, decrementRResult64)]
    static let imulRR = BySize(imulRR8, imulRR16, imulRR32, imulRR64)
    static let imulRRDead = BySize(imulRRDead8, imulRRDead16, imulRRDead32, imulRRDead64)
    static let imulRM = BySize(imulRM8, imulRM16, imulRM32, imulRM64)
    static let imulRMDead = BySize(imulRMDead8, imulRMDead16, imulRMDead32, imulRMDead64)
    static let imulRRI = BySize(imulRRI8, imulRRI16, imulRRI32, imulRRI64)
    static let imulRRIDead = BySize(imulRRIDead8, imulRRIDead16, imulRRIDead32, imulRRIDead64)
    static let imulRMI = BySize(imulRMI8, imulRMI16, imulRMI32, imulRMI64)
    static let imulRMIDead = BySize(imulRMIDead8, imulRMIDead16, imulRMIDead32, imulRMIDead64)
    static let multiplyR = BySize(multiplyR8, multiplyR16, multiplyR32, multiplyR64)
    static let multiplyM = BySize(multiplyM8, multiplyM16, multiplyM32, multiplyM64)
    static let multiplySignedR = BySize(multiplySignedR8, multiplySignedR16, multiplySignedR32, multiplySignedR64)
    static let multiplySignedM = BySize(multiplySignedM8, multiplySignedM16, multiplySignedM32, multiplySignedM64)
    static let divideR = BySize(divideR8, divideR16, divideR32, divideR64)
    static let divideM = BySize(divideM8, divideM16, divideM32, divideM64)
    static let divideSignedR = BySize(divideSignedR8, divideSignedR16, divideSignedR32, divideSignedR64)
    static let divideSignedM = BySize(divideSignedM8, divideSignedM16, divideSignedM32, divideSignedM64)
    static let rotateLeftRI = BySize(rotateLeftRI8, rotateLeftRI16, rotateLeftRI32, rotateLeftRI64)
    static let rotateRightRI = BySize(rotateRightRI8, rotateRightRI16, rotateRightRI32, rotateRightRI64)
    static let rotateLeftCarryRI = BySize(rotateLeftCarryRI8, rotateLeftCarryRI16, rotateLeftCarryRI32, rotateLeftCarryRI64)
    static let rotateRightCarryRI = BySize(rotateRightCarryRI8, rotateRightCarryRI16, rotateRightCarryRI32, rotateRightCarryRI64)
    static let shiftLeftRI = BySize(shiftLeftRI8, shiftLeftRI16, shiftLeftRI32, shiftLeftRI64)
    static let shiftRightRI = BySize(shiftRightRI8, shiftRightRI16, shiftRightRI32, shiftRightRI64)
    static let shiftArithmeticRI = BySize(shiftArithmeticRI8, shiftArithmeticRI16, shiftArithmeticRI32, shiftArithmeticRI64)
    static let shiftRI: [BySize] = [
        rotateLeftRI, rotateRightRI, rotateLeftCarryRI, rotateRightCarryRI, shiftLeftRI, shiftRightRI, shiftLeftRI, shiftArithmeticRI]
    static let rotateLeftRIDead = BySize(rotateLeftRIDead8, rotateLeftRIDead16, rotateLeftRIDead32, rotateLeftRIDead64)
    static let rotateRightRIDead = BySize(rotateRightRIDead8, rotateRightRIDead16, rotateRightRIDead32, rotateRightRIDead64)
    static let rotateLeftCarryRIDead = BySize(rotateLeftCarryRIDead8, rotateLeftCarryRIDead16, rotateLeftCarryRIDead32, rotateLeftCarryRIDead64)
    static let rotateRightCarryRIDead = BySize(rotateRightCarryRIDead8, rotateRightCarryRIDead16, rotateRightCarryRIDead32, rotateRightCarryRIDead64)
    static let shiftLeftRIDead = BySize(shiftLeftRIDead8, shiftLeftRIDead16, shiftLeftRIDead32, shiftLeftRIDead64)
    static let shiftRightRIDead = BySize(shiftRightRIDead8, shiftRightRIDead16, shiftRightRIDead32, shiftRightRIDead64)
    static let shiftArithmeticRIDead = BySize(shiftArithmeticRIDead8, shiftArithmeticRIDead16, shiftArithmeticRIDead32, shiftArithmeticRIDead64)
    static let shiftRIDead: [BySize] = [
        rotateLeftRIDead, rotateRightRIDead, rotateLeftCarryRIDead, rotateRightCarryRIDead, shiftLeftRIDead, shiftRightRIDead, shiftLeftRIDead, shiftArithmeticRIDead]
    static let rotateLeftRC = BySize(rotateLeftRC8, rotateLeftRC16, rotateLeftRC32, rotateLeftRC64)
    static let rotateRightRC = BySize(rotateRightRC8, rotateRightRC16, rotateRightRC32, rotateRightRC64)
    static let rotateLeftCarryRC = BySize(rotateLeftCarryRC8, rotateLeftCarryRC16, rotateLeftCarryRC32, rotateLeftCarryRC64)
    static let rotateRightCarryRC = BySize(rotateRightCarryRC8, rotateRightCarryRC16, rotateRightCarryRC32, rotateRightCarryRC64)
    static let shiftLeftRC = BySize(shiftLeftRC8, shiftLeftRC16, shiftLeftRC32, shiftLeftRC64)
    static let shiftRightRC = BySize(shiftRightRC8, shiftRightRC16, shiftRightRC32, shiftRightRC64)
    static let shiftArithmeticRC = BySize(shiftArithmeticRC8, shiftArithmeticRC16, shiftArithmeticRC32, shiftArithmeticRC64)
    static let shiftRC: [BySize] = [
        rotateLeftRC, rotateRightRC, rotateLeftCarryRC, rotateRightCarryRC, shiftLeftRC, shiftRightRC, shiftLeftRC, shiftArithmeticRC]
    static let rotateLeftRCDead = BySize(rotateLeftRCDead8, rotateLeftRCDead16, rotateLeftRCDead32, rotateLeftRCDead64)
    static let rotateRightRCDead = BySize(rotateRightRCDead8, rotateRightRCDead16, rotateRightRCDead32, rotateRightRCDead64)
    static let rotateLeftCarryRCDead = BySize(rotateLeftCarryRCDead8, rotateLeftCarryRCDead16, rotateLeftCarryRCDead32, rotateLeftCarryRCDead64)
    static let rotateRightCarryRCDead = BySize(rotateRightCarryRCDead8, rotateRightCarryRCDead16, rotateRightCarryRCDead32, rotateRightCarryRCDead64)
    static let shiftLeftRCDead = BySize(shiftLeftRCDead8, shiftLeftRCDead16, shiftLeftRCDead32, shiftLeftRCDead64)
    static let shiftRightRCDead = BySize(shiftRightRCDead8, shiftRightRCDead16, shiftRightRCDead32, shiftRightRCDead64)
    static let shiftArithmeticRCDead = BySize(shiftArithmeticRCDead8, shiftArithmeticRCDead16, shiftArithmeticRCDead32, shiftArithmeticRCDead64)
    static let shiftRCDead: [BySize] = [
        rotateLeftRCDead, rotateRightRCDead, rotateLeftCarryRCDead, rotateRightCarryRCDead, shiftLeftRCDead, shiftRightRCDead, shiftLeftRCDead, shiftArithmeticRCDead]
    static let rotateLeftM = BySize(rotateLeftM8, rotateLeftM16, rotateLeftM32, rotateLeftM64)
    static let rotateRightM = BySize(rotateRightM8, rotateRightM16, rotateRightM32, rotateRightM64)
    static let rotateLeftCarryM = BySize(rotateLeftCarryM8, rotateLeftCarryM16, rotateLeftCarryM32, rotateLeftCarryM64)
    static let rotateRightCarryM = BySize(rotateRightCarryM8, rotateRightCarryM16, rotateRightCarryM32, rotateRightCarryM64)
    static let shiftLeftM = BySize(shiftLeftM8, shiftLeftM16, shiftLeftM32, shiftLeftM64)
    static let shiftRightM = BySize(shiftRightM8, shiftRightM16, shiftRightM32, shiftRightM64)
    static let shiftArithmeticM = BySize(shiftArithmeticM8, shiftArithmeticM16, shiftArithmeticM32, shiftArithmeticM64)
    static let shiftM: [BySize] = [
        rotateLeftM, rotateRightM, rotateLeftCarryM, rotateRightCarryM, shiftLeftM, shiftRightM, shiftLeftM, shiftArithmeticM]
    static let doubleShiftLeftR = BySize(doubleShiftLeftR8, doubleShiftLeftR16, doubleShiftLeftR32, doubleShiftLeftR64)
    static let doubleShiftLeftM = BySize(doubleShiftLeftM8, doubleShiftLeftM16, doubleShiftLeftM32, doubleShiftLeftM64)
    static let doubleShiftRightR = BySize(doubleShiftRightR8, doubleShiftRightR16, doubleShiftRightR32, doubleShiftRightR64)
    static let doubleShiftRightM = BySize(doubleShiftRightM8, doubleShiftRightM16, doubleShiftRightM32, doubleShiftRightM64)
    static let moveRR = BySize(moveRR8, moveRR16, moveRR32, moveRR64)
    static let moveRI = BySize(moveRI8, moveRI16, moveRI32, moveRI64)
    static let moveRM = ByAddress(base: BySize(moveRMB8, moveRMB16, moveRMB32, moveRMB64), indexed: BySize(moveRMX8, moveRMX16, moveRMX32, moveRMX64), segmented: BySize(moveRMS8, moveRMS16, moveRMS32, moveRMS64))
    static let moveMR = ByAddress(base: BySize(moveMRB8, moveMRB16, moveMRB32, moveMRB64), indexed: BySize(moveMRX8, moveMRX16, moveMRX32, moveMRX64), segmented: BySize(moveMRS8, moveMRS16, moveMRS32, moveMRS64))
    static let moveMI = ByAddress(base: BySize(moveMIB8, moveMIB16, moveMIB32, moveMIB64), indexed: BySize(moveMIX8, moveMIX16, moveMIX32, moveMIX64), segmented: BySize(moveMIS8, moveMIS16, moveMIS32, moveMIS64))
    static let lea = BySize(lea8, lea16, lea32, lea64)
    static let leaBase = BySize(leaBase8, leaBase16, leaBase32, leaBase64)
    static let leaNarrow = BySize(leaNarrow8, leaNarrow16, leaNarrow32, leaNarrow64)
    static let cmovRR = BySize(cmovRR8, cmovRR16, cmovRR32, cmovRR64)
    /// By `KnownFlags`, then condition.
    static let cmovDouble: [[Handler]] = [
        [cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32],
        [cmovRR32, cmovRR32, cmovDoubleSub2, cmovDoubleSub3, cmovDoubleSub4, cmovDoubleSub5, cmovDoubleSub6, cmovDoubleSub7, cmovDoubleSub8, cmovDoubleSub9, cmovRR32, cmovRR32, cmovDoubleSub12, cmovDoubleSub13, cmovDoubleSub14, cmovDoubleSub15],
        [cmovDoubleLogic0, cmovDoubleLogic1, cmovDoubleLogic2, cmovDoubleLogic3, cmovDoubleLogic4, cmovDoubleLogic5, cmovDoubleLogic6, cmovDoubleLogic7, cmovDoubleLogic8, cmovDoubleLogic9, cmovRR32, cmovRR32, cmovDoubleLogic12, cmovDoubleLogic13, cmovDoubleLogic14, cmovDoubleLogic15],
        [cmovRR32, cmovRR32, cmovDoubleAdd2, cmovDoubleAdd3, cmovDoubleAdd4, cmovDoubleAdd5, cmovDoubleAdd6, cmovDoubleAdd7, cmovDoubleAdd8, cmovDoubleAdd9, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32],
        [cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovDoubleResult4, cmovDoubleResult5, cmovRR32, cmovRR32, cmovDoubleResult8, cmovDoubleResult9, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32, cmovRR32]]
    /// By `KnownFlags`, then condition.
    static let cmovQuad: [[Handler]] = [
        [cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64],
        [cmovRR64, cmovRR64, cmovQuadSub2, cmovQuadSub3, cmovQuadSub4, cmovQuadSub5, cmovQuadSub6, cmovQuadSub7, cmovQuadSub8, cmovQuadSub9, cmovRR64, cmovRR64, cmovQuadSub12, cmovQuadSub13, cmovQuadSub14, cmovQuadSub15],
        [cmovQuadLogic0, cmovQuadLogic1, cmovQuadLogic2, cmovQuadLogic3, cmovQuadLogic4, cmovQuadLogic5, cmovQuadLogic6, cmovQuadLogic7, cmovQuadLogic8, cmovQuadLogic9, cmovRR64, cmovRR64, cmovQuadLogic12, cmovQuadLogic13, cmovQuadLogic14, cmovQuadLogic15],
        [cmovRR64, cmovRR64, cmovQuadAdd2, cmovQuadAdd3, cmovQuadAdd4, cmovQuadAdd5, cmovQuadAdd6, cmovQuadAdd7, cmovQuadAdd8, cmovQuadAdd9, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64],
        [cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovQuadResult4, cmovQuadResult5, cmovRR64, cmovRR64, cmovQuadResult8, cmovQuadResult9, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64, cmovRR64]]
    /// By `KnownFlags`, then condition.
    static let setcc: [[Handler]] = [
        [setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR, setccR],
        [setccR, setccR, setccSub2, setccSub3, setccSub4, setccSub5, setccSub6, setccSub7, setccSub8, setccSub9, setccR, setccR, setccSub12, setccSub13, setccSub14, setccSub15],
        [setccLogic0, setccLogic1, setccLogic2, setccLogic3, setccLogic4, setccLogic5, setccLogic6, setccLogic7, setccLogic8, setccLogic9, setccR, setccR, setccLogic12, setccLogic13, setccLogic14, setccLogic15],
        [setccR, setccR, setccAdd2, setccAdd3, setccAdd4, setccAdd5, setccAdd6, setccAdd7, setccAdd8, setccAdd9, setccR, setccR, setccR, setccR, setccR, setccR],
        [setccR, setccR, setccR, setccR, setccResult4, setccResult5, setccR, setccR, setccResult8, setccResult9, setccR, setccR, setccR, setccR, setccR, setccR]]
    /// By `KnownFlags`, then condition.
    static let jumpIf: [[Handler]] = [
        [jumpIf0, jumpIf1, jumpIf2, jumpIf3, jumpIf4, jumpIf5, jumpIf6, jumpIf7, jumpIf8, jumpIf9, jumpIf10, jumpIf11, jumpIf12, jumpIf13, jumpIf14, jumpIf15],
        [jumpIf0, jumpIf1, jumpIfSub2, jumpIfSub3, jumpIfSub4, jumpIfSub5, jumpIfSub6, jumpIfSub7, jumpIfSub8, jumpIfSub9, jumpIf10, jumpIf11, jumpIfSub12, jumpIfSub13, jumpIfSub14, jumpIfSub15],
        [jumpIfLogic0, jumpIfLogic1, jumpIfLogic2, jumpIfLogic3, jumpIfLogic4, jumpIfLogic5, jumpIfLogic6, jumpIfLogic7, jumpIfLogic8, jumpIfLogic9, jumpIf10, jumpIf11, jumpIfLogic12, jumpIfLogic13, jumpIfLogic14, jumpIfLogic15],
        [jumpIf0, jumpIf1, jumpIfAdd2, jumpIfAdd3, jumpIfAdd4, jumpIfAdd5, jumpIfAdd6, jumpIfAdd7, jumpIfAdd8, jumpIfAdd9, jumpIf10, jumpIf11, jumpIf12, jumpIf13, jumpIf14, jumpIf15],
        [jumpIf0, jumpIf1, jumpIf2, jumpIf3, jumpIfResult4, jumpIfResult5, jumpIf6, jumpIf7, jumpIfResult8, jumpIfResult9, jumpIf10, jumpIf11, jumpIf12, jumpIf13, jumpIf14, jumpIf15]]
    static let cmovRM = BySize(cmovRM8, cmovRM16, cmovRM32, cmovRM64)
    static let bitTestRR = BySize(bitTestRR8, bitTestRR16, bitTestRR32, bitTestRR64)
    static let bitTestRI = BySize(bitTestRI8, bitTestRI16, bitTestRI32, bitTestRI64)
    static let zeroExtend8RR = BySize(zeroExtend8RR8, zeroExtend8RR16, zeroExtend8RR32, zeroExtend8RR64)
    static let zeroExtend8RM = ByAddress(base: BySize(zeroExtend8RMB8, zeroExtend8RMB16, zeroExtend8RMB32, zeroExtend8RMB64), indexed: BySize(zeroExtend8RMX8, zeroExtend8RMX16, zeroExtend8RMX32, zeroExtend8RMX64), segmented: BySize(zeroExtend8RMS8, zeroExtend8RMS16, zeroExtend8RMS32, zeroExtend8RMS64))
    static let zeroExtend16RR = BySize(zeroExtend16RR8, zeroExtend16RR16, zeroExtend16RR32, zeroExtend16RR64)
    static let zeroExtend16RM = ByAddress(base: BySize(zeroExtend16RMB8, zeroExtend16RMB16, zeroExtend16RMB32, zeroExtend16RMB64), indexed: BySize(zeroExtend16RMX8, zeroExtend16RMX16, zeroExtend16RMX32, zeroExtend16RMX64), segmented: BySize(zeroExtend16RMS8, zeroExtend16RMS16, zeroExtend16RMS32, zeroExtend16RMS64))
    static let zeroExtend32RR = BySize(zeroExtend32RR8, zeroExtend32RR16, zeroExtend32RR32, zeroExtend32RR64)
    static let zeroExtend32RM = ByAddress(base: BySize(zeroExtend32RMB8, zeroExtend32RMB16, zeroExtend32RMB32, zeroExtend32RMB64), indexed: BySize(zeroExtend32RMX8, zeroExtend32RMX16, zeroExtend32RMX32, zeroExtend32RMX64), segmented: BySize(zeroExtend32RMS8, zeroExtend32RMS16, zeroExtend32RMS32, zeroExtend32RMS64))
    static let signExtend8RR = BySize(signExtend8RR8, signExtend8RR16, signExtend8RR32, signExtend8RR64)
    static let signExtend8RM = ByAddress(base: BySize(signExtend8RMB8, signExtend8RMB16, signExtend8RMB32, signExtend8RMB64), indexed: BySize(signExtend8RMX8, signExtend8RMX16, signExtend8RMX32, signExtend8RMX64), segmented: BySize(signExtend8RMS8, signExtend8RMS16, signExtend8RMS32, signExtend8RMS64))
    static let signExtend16RR = BySize(signExtend16RR8, signExtend16RR16, signExtend16RR32, signExtend16RR64)
    static let signExtend16RM = ByAddress(base: BySize(signExtend16RMB8, signExtend16RMB16, signExtend16RMB32, signExtend16RMB64), indexed: BySize(signExtend16RMX8, signExtend16RMX16, signExtend16RMX32, signExtend16RMX64), segmented: BySize(signExtend16RMS8, signExtend16RMS16, signExtend16RMS32, signExtend16RMS64))
    static let signExtend32RR = BySize(signExtend32RR8, signExtend32RR16, signExtend32RR32, signExtend32RR64)
    static let signExtend32RM = ByAddress(base: BySize(signExtend32RMB8, signExtend32RMB16, signExtend32RMB32, signExtend32RMB64), indexed: BySize(signExtend32RMX8, signExtend32RMX16, signExtend32RMX32, signExtend32RMX64), segmented: BySize(signExtend32RMS8, signExtend32RMS16, signExtend32RMS32, signExtend32RMS64))
    static let compareJumpRR: [BySize?] = [
        nil,
        nil,
        BySize(compareJumpRRC2For8, compareJumpRRC2For16, compareJumpRRC2For32, compareJumpRRC2For64),
        BySize(compareJumpRRC3For8, compareJumpRRC3For16, compareJumpRRC3For32, compareJumpRRC3For64),
        BySize(compareJumpRRC4For8, compareJumpRRC4For16, compareJumpRRC4For32, compareJumpRRC4For64),
        BySize(compareJumpRRC5For8, compareJumpRRC5For16, compareJumpRRC5For32, compareJumpRRC5For64),
        BySize(compareJumpRRC6For8, compareJumpRRC6For16, compareJumpRRC6For32, compareJumpRRC6For64),
        BySize(compareJumpRRC7For8, compareJumpRRC7For16, compareJumpRRC7For32, compareJumpRRC7For64),
        BySize(compareJumpRRC8For8, compareJumpRRC8For16, compareJumpRRC8For32, compareJumpRRC8For64),
        BySize(compareJumpRRC9For8, compareJumpRRC9For16, compareJumpRRC9For32, compareJumpRRC9For64),
        nil,
        nil,
        BySize(compareJumpRRC12For8, compareJumpRRC12For16, compareJumpRRC12For32, compareJumpRRC12For64),
        BySize(compareJumpRRC13For8, compareJumpRRC13For16, compareJumpRRC13For32, compareJumpRRC13For64),
        BySize(compareJumpRRC14For8, compareJumpRRC14For16, compareJumpRRC14For32, compareJumpRRC14For64),
        BySize(compareJumpRRC15For8, compareJumpRRC15For16, compareJumpRRC15For32, compareJumpRRC15For64)]
    static let compareJumpRI: [BySize?] = [
        nil,
        nil,
        BySize(compareJumpRIC2For8, compareJumpRIC2For16, compareJumpRIC2For32, compareJumpRIC2For64),
        BySize(compareJumpRIC3For8, compareJumpRIC3For16, compareJumpRIC3For32, compareJumpRIC3For64),
        BySize(compareJumpRIC4For8, compareJumpRIC4For16, compareJumpRIC4For32, compareJumpRIC4For64),
        BySize(compareJumpRIC5For8, compareJumpRIC5For16, compareJumpRIC5For32, compareJumpRIC5For64),
        BySize(compareJumpRIC6For8, compareJumpRIC6For16, compareJumpRIC6For32, compareJumpRIC6For64),
        BySize(compareJumpRIC7For8, compareJumpRIC7For16, compareJumpRIC7For32, compareJumpRIC7For64),
        BySize(compareJumpRIC8For8, compareJumpRIC8For16, compareJumpRIC8For32, compareJumpRIC8For64),
        BySize(compareJumpRIC9For8, compareJumpRIC9For16, compareJumpRIC9For32, compareJumpRIC9For64),
        nil,
        nil,
        BySize(compareJumpRIC12For8, compareJumpRIC12For16, compareJumpRIC12For32, compareJumpRIC12For64),
        BySize(compareJumpRIC13For8, compareJumpRIC13For16, compareJumpRIC13For32, compareJumpRIC13For64),
        BySize(compareJumpRIC14For8, compareJumpRIC14For16, compareJumpRIC14For32, compareJumpRIC14For64),
        BySize(compareJumpRIC15For8, compareJumpRIC15For16, compareJumpRIC15For32, compareJumpRIC15For64)]
    static let compareJumpMI: [BySize?] = [
        nil,
        nil,
        BySize(compareJumpMIC2For8, compareJumpMIC2For16, compareJumpMIC2For32, compareJumpMIC2For64),
        BySize(compareJumpMIC3For8, compareJumpMIC3For16, compareJumpMIC3For32, compareJumpMIC3For64),
        BySize(compareJumpMIC4For8, compareJumpMIC4For16, compareJumpMIC4For32, compareJumpMIC4For64),
        BySize(compareJumpMIC5For8, compareJumpMIC5For16, compareJumpMIC5For32, compareJumpMIC5For64),
        BySize(compareJumpMIC6For8, compareJumpMIC6For16, compareJumpMIC6For32, compareJumpMIC6For64),
        BySize(compareJumpMIC7For8, compareJumpMIC7For16, compareJumpMIC7For32, compareJumpMIC7For64),
        BySize(compareJumpMIC8For8, compareJumpMIC8For16, compareJumpMIC8For32, compareJumpMIC8For64),
        BySize(compareJumpMIC9For8, compareJumpMIC9For16, compareJumpMIC9For32, compareJumpMIC9For64),
        nil,
        nil,
        BySize(compareJumpMIC12For8, compareJumpMIC12For16, compareJumpMIC12For32, compareJumpMIC12For64),
        BySize(compareJumpMIC13For8, compareJumpMIC13For16, compareJumpMIC13For32, compareJumpMIC13For64),
        BySize(compareJumpMIC14For8, compareJumpMIC14For16, compareJumpMIC14For32, compareJumpMIC14For64),
        BySize(compareJumpMIC15For8, compareJumpMIC15For16, compareJumpMIC15For32, compareJumpMIC15For64)]
    static let compareJumpMR: [BySize?] = [
        nil,
        nil,
        BySize(compareJumpMRC2For8, compareJumpMRC2For16, compareJumpMRC2For32, compareJumpMRC2For64),
        BySize(compareJumpMRC3For8, compareJumpMRC3For16, compareJumpMRC3For32, compareJumpMRC3For64),
        BySize(compareJumpMRC4For8, compareJumpMRC4For16, compareJumpMRC4For32, compareJumpMRC4For64),
        BySize(compareJumpMRC5For8, compareJumpMRC5For16, compareJumpMRC5For32, compareJumpMRC5For64),
        BySize(compareJumpMRC6For8, compareJumpMRC6For16, compareJumpMRC6For32, compareJumpMRC6For64),
        BySize(compareJumpMRC7For8, compareJumpMRC7For16, compareJumpMRC7For32, compareJumpMRC7For64),
        BySize(compareJumpMRC8For8, compareJumpMRC8For16, compareJumpMRC8For32, compareJumpMRC8For64),
        BySize(compareJumpMRC9For8, compareJumpMRC9For16, compareJumpMRC9For32, compareJumpMRC9For64),
        nil,
        nil,
        BySize(compareJumpMRC12For8, compareJumpMRC12For16, compareJumpMRC12For32, compareJumpMRC12For64),
        BySize(compareJumpMRC13For8, compareJumpMRC13For16, compareJumpMRC13For32, compareJumpMRC13For64),
        BySize(compareJumpMRC14For8, compareJumpMRC14For16, compareJumpMRC14For32, compareJumpMRC14For64),
        BySize(compareJumpMRC15For8, compareJumpMRC15For16, compareJumpMRC15For32, compareJumpMRC15For64)]
    static let testJumpRR: [BySize?] = [
        nil,
        nil,
        BySize(testJumpRRC2For8, testJumpRRC2For16, testJumpRRC2For32, testJumpRRC2For64),
        BySize(testJumpRRC3For8, testJumpRRC3For16, testJumpRRC3For32, testJumpRRC3For64),
        BySize(testJumpRRC4For8, testJumpRRC4For16, testJumpRRC4For32, testJumpRRC4For64),
        BySize(testJumpRRC5For8, testJumpRRC5For16, testJumpRRC5For32, testJumpRRC5For64),
        BySize(testJumpRRC6For8, testJumpRRC6For16, testJumpRRC6For32, testJumpRRC6For64),
        BySize(testJumpRRC7For8, testJumpRRC7For16, testJumpRRC7For32, testJumpRRC7For64),
        BySize(testJumpRRC8For8, testJumpRRC8For16, testJumpRRC8For32, testJumpRRC8For64),
        BySize(testJumpRRC9For8, testJumpRRC9For16, testJumpRRC9For32, testJumpRRC9For64),
        nil,
        nil,
        BySize(testJumpRRC12For8, testJumpRRC12For16, testJumpRRC12For32, testJumpRRC12For64),
        BySize(testJumpRRC13For8, testJumpRRC13For16, testJumpRRC13For32, testJumpRRC13For64),
        BySize(testJumpRRC14For8, testJumpRRC14For16, testJumpRRC14For32, testJumpRRC14For64),
        BySize(testJumpRRC15For8, testJumpRRC15For16, testJumpRRC15For32, testJumpRRC15For64)]
    static let testJumpRI: [BySize?] = [
        nil,
        nil,
        BySize(testJumpRIC2For8, testJumpRIC2For16, testJumpRIC2For32, testJumpRIC2For64),
        BySize(testJumpRIC3For8, testJumpRIC3For16, testJumpRIC3For32, testJumpRIC3For64),
        BySize(testJumpRIC4For8, testJumpRIC4For16, testJumpRIC4For32, testJumpRIC4For64),
        BySize(testJumpRIC5For8, testJumpRIC5For16, testJumpRIC5For32, testJumpRIC5For64),
        BySize(testJumpRIC6For8, testJumpRIC6For16, testJumpRIC6For32, testJumpRIC6For64),
        BySize(testJumpRIC7For8, testJumpRIC7For16, testJumpRIC7For32, testJumpRIC7For64),
        BySize(testJumpRIC8For8, testJumpRIC8For16, testJumpRIC8For32, testJumpRIC8For64),
        BySize(testJumpRIC9For8, testJumpRIC9For16, testJumpRIC9For32, testJumpRIC9For64),
        nil,
        nil,
        BySize(testJumpRIC12For8, testJumpRIC12For16, testJumpRIC12For32, testJumpRIC12For64),
        BySize(testJumpRIC13For8, testJumpRIC13For16, testJumpRIC13For32, testJumpRIC13For64),
        BySize(testJumpRIC14For8, testJumpRIC14For16, testJumpRIC14For32, testJumpRIC14For64),
        BySize(testJumpRIC15For8, testJumpRIC15For16, testJumpRIC15For32, testJumpRIC15For64)]
    static let testJumpMI: [BySize?] = [
        nil,
        nil,
        BySize(testJumpMIC2For8, testJumpMIC2For16, testJumpMIC2For32, testJumpMIC2For64),
        BySize(testJumpMIC3For8, testJumpMIC3For16, testJumpMIC3For32, testJumpMIC3For64),
        BySize(testJumpMIC4For8, testJumpMIC4For16, testJumpMIC4For32, testJumpMIC4For64),
        BySize(testJumpMIC5For8, testJumpMIC5For16, testJumpMIC5For32, testJumpMIC5For64),
        BySize(testJumpMIC6For8, testJumpMIC6For16, testJumpMIC6For32, testJumpMIC6For64),
        BySize(testJumpMIC7For8, testJumpMIC7For16, testJumpMIC7For32, testJumpMIC7For64),
        BySize(testJumpMIC8For8, testJumpMIC8For16, testJumpMIC8For32, testJumpMIC8For64),
        BySize(testJumpMIC9For8, testJumpMIC9For16, testJumpMIC9For32, testJumpMIC9For64),
        nil,
        nil,
        BySize(testJumpMIC12For8, testJumpMIC12For16, testJumpMIC12For32, testJumpMIC12For64),
        BySize(testJumpMIC13For8, testJumpMIC13For16, testJumpMIC13For32, testJumpMIC13For64),
        BySize(testJumpMIC14For8, testJumpMIC14For16, testJumpMIC14For32, testJumpMIC14For64),
        BySize(testJumpMIC15For8, testJumpMIC15For16, testJumpMIC15For32, testJumpMIC15For64)]
    static let testJumpMR: [BySize?] = [
        nil,
        nil,
        BySize(testJumpMRC2For8, testJumpMRC2For16, testJumpMRC2For32, testJumpMRC2For64),
        BySize(testJumpMRC3For8, testJumpMRC3For16, testJumpMRC3For32, testJumpMRC3For64),
        BySize(testJumpMRC4For8, testJumpMRC4For16, testJumpMRC4For32, testJumpMRC4For64),
        BySize(testJumpMRC5For8, testJumpMRC5For16, testJumpMRC5For32, testJumpMRC5For64),
        BySize(testJumpMRC6For8, testJumpMRC6For16, testJumpMRC6For32, testJumpMRC6For64),
        BySize(testJumpMRC7For8, testJumpMRC7For16, testJumpMRC7For32, testJumpMRC7For64),
        BySize(testJumpMRC8For8, testJumpMRC8For16, testJumpMRC8For32, testJumpMRC8For64),
        BySize(testJumpMRC9For8, testJumpMRC9For16, testJumpMRC9For32, testJumpMRC9For64),
        nil,
        nil,
        BySize(testJumpMRC12For8, testJumpMRC12For16, testJumpMRC12For32, testJumpMRC12For64),
        BySize(testJumpMRC13For8, testJumpMRC13For16, testJumpMRC13For32, testJumpMRC13For64),
        BySize(testJumpMRC14For8, testJumpMRC14For16, testJumpMRC14For32, testJumpMRC14For64),
        BySize(testJumpMRC15For8, testJumpMRC15For16, testJumpMRC15For32, testJumpMRC15For64)]
}

@inline(__always) private func addRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntAdd.self, UInt8.self) }
@inline(__always) private func addRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntAdd.self, UInt16.self) }
@inline(__always) private func addRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntAdd.self, UInt32.self) }
@inline(__always) private func addRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntAdd.self, UInt64.self) }
@inline(__always) private func addRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntAdd.self, UInt8.self) }
@inline(__always) private func addRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntAdd.self, UInt16.self) }
@inline(__always) private func addRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntAdd.self, UInt32.self) }
@inline(__always) private func addRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntAdd.self, UInt64.self) }
@inline(__always) private func addRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntAdd.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func addMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntAdd.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func addMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntAdd.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func addRRDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntAdd>.self, UInt8.self) }
@inline(__always) private func addRRDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntAdd>.self, UInt16.self) }
@inline(__always) private func addRRDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntAdd>.self, UInt32.self) }
@inline(__always) private func addRRDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntAdd>.self, UInt64.self) }
@inline(__always) private func addRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntAdd>.self, UInt8.self) }
@inline(__always) private func addRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntAdd>.self, UInt16.self) }
@inline(__always) private func addRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntAdd>.self, UInt32.self) }
@inline(__always) private func addRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntAdd>.self, UInt64.self) }
@inline(__always) private func addRMDeadB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addRMDeadB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addRMDeadB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addRMDeadB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addRMDeadX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addRMDeadX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addRMDeadX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addRMDeadX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addRMDeadS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addRMDeadS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addRMDeadS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addRMDeadS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntAdd>.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func orRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Or.self, UInt8.self) }
@inline(__always) private func orRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Or.self, UInt16.self) }
@inline(__always) private func orRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Or.self, UInt32.self) }
@inline(__always) private func orRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Or.self, UInt64.self) }
@inline(__always) private func orRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Or.self, UInt8.self) }
@inline(__always) private func orRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Or.self, UInt16.self) }
@inline(__always) private func orRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Or.self, UInt32.self) }
@inline(__always) private func orRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Or.self, UInt64.self) }
@inline(__always) private func orRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func orRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func orRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func orRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func orRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func orRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func orRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func orRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func orRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func orRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func orRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func orRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Or.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func orMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func orMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func orMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func orMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func orMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func orMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func orMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func orMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func orMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func orMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func orMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func orMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Or.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func orMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func orMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func orMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func orMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func orMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func orMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func orMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func orMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func orMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func orMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func orMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func orMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Or.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func orRRDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Or>.self, UInt8.self) }
@inline(__always) private func orRRDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Or>.self, UInt16.self) }
@inline(__always) private func orRRDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Or>.self, UInt32.self) }
@inline(__always) private func orRRDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Or>.self, UInt64.self) }
@inline(__always) private func orRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Or>.self, UInt8.self) }
@inline(__always) private func orRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Or>.self, UInt16.self) }
@inline(__always) private func orRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Or>.self, UInt32.self) }
@inline(__always) private func orRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Or>.self, UInt64.self) }
@inline(__always) private func orRMDeadB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func orRMDeadB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func orRMDeadB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func orRMDeadB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func orRMDeadX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func orRMDeadX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func orRMDeadX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func orRMDeadX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func orRMDeadS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func orRMDeadS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func orRMDeadS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func orRMDeadS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Or>.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, AddWithCarry.self, UInt8.self) }
@inline(__always) private func addWithCarryRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, AddWithCarry.self, UInt16.self) }
@inline(__always) private func addWithCarryRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, AddWithCarry.self, UInt32.self) }
@inline(__always) private func addWithCarryRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, AddWithCarry.self, UInt64.self) }
@inline(__always) private func addWithCarryRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, AddWithCarry.self, UInt8.self) }
@inline(__always) private func addWithCarryRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, AddWithCarry.self, UInt16.self) }
@inline(__always) private func addWithCarryRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, AddWithCarry.self, UInt32.self) }
@inline(__always) private func addWithCarryRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, AddWithCarry.self, UInt64.self) }
@inline(__always) private func addWithCarryRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, AddWithCarry.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, AddWithCarry.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func addWithCarryMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func addWithCarryMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func addWithCarryMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func addWithCarryMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, AddWithCarry.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, SubtractWithBorrow.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, SubtractWithBorrow.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, SubtractWithBorrow.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, SubtractWithBorrow.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, SubtractWithBorrow.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, SubtractWithBorrow.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, SubtractWithBorrow.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, SubtractWithBorrow.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractWithBorrowMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractWithBorrowMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractWithBorrowMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractWithBorrowMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, SubtractWithBorrow.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func andRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, And.self, UInt8.self) }
@inline(__always) private func andRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, And.self, UInt16.self) }
@inline(__always) private func andRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, And.self, UInt32.self) }
@inline(__always) private func andRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, And.self, UInt64.self) }
@inline(__always) private func andRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, And.self, UInt8.self) }
@inline(__always) private func andRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, And.self, UInt16.self) }
@inline(__always) private func andRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, And.self, UInt32.self) }
@inline(__always) private func andRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, And.self, UInt64.self) }
@inline(__always) private func andRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func andRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func andRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func andRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func andRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func andRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func andRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func andRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func andRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func andRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func andRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func andRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, And.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func andMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func andMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func andMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func andMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func andMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func andMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func andMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func andMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func andMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func andMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func andMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func andMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, And.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func andMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func andMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func andMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func andMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func andMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func andMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func andMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func andMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func andMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func andMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func andMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func andMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, And.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func andRRDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<And>.self, UInt8.self) }
@inline(__always) private func andRRDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<And>.self, UInt16.self) }
@inline(__always) private func andRRDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<And>.self, UInt32.self) }
@inline(__always) private func andRRDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<And>.self, UInt64.self) }
@inline(__always) private func andRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<And>.self, UInt8.self) }
@inline(__always) private func andRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<And>.self, UInt16.self) }
@inline(__always) private func andRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<And>.self, UInt32.self) }
@inline(__always) private func andRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<And>.self, UInt64.self) }
@inline(__always) private func andRMDeadB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func andRMDeadB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func andRMDeadB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func andRMDeadB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func andRMDeadX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func andRMDeadX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func andRMDeadX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func andRMDeadX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func andRMDeadS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func andRMDeadS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func andRMDeadS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func andRMDeadS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<And>.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntSubtract.self, UInt8.self) }
@inline(__always) private func subtractRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntSubtract.self, UInt16.self) }
@inline(__always) private func subtractRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntSubtract.self, UInt32.self) }
@inline(__always) private func subtractRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, IntSubtract.self, UInt64.self) }
@inline(__always) private func subtractRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntSubtract.self, UInt8.self) }
@inline(__always) private func subtractRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntSubtract.self, UInt16.self) }
@inline(__always) private func subtractRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntSubtract.self, UInt32.self) }
@inline(__always) private func subtractRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, IntSubtract.self, UInt64.self) }
@inline(__always) private func subtractRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, IntSubtract.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, IntSubtract.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, IntSubtract.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func subtractRRDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntSubtract>.self, UInt8.self) }
@inline(__always) private func subtractRRDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntSubtract>.self, UInt16.self) }
@inline(__always) private func subtractRRDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntSubtract>.self, UInt32.self) }
@inline(__always) private func subtractRRDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<IntSubtract>.self, UInt64.self) }
@inline(__always) private func subtractRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntSubtract>.self, UInt8.self) }
@inline(__always) private func subtractRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntSubtract>.self, UInt16.self) }
@inline(__always) private func subtractRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntSubtract>.self, UInt32.self) }
@inline(__always) private func subtractRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<IntSubtract>.self, UInt64.self) }
@inline(__always) private func subtractRMDeadB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func subtractRMDeadB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func subtractRMDeadB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func subtractRMDeadB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func subtractRMDeadX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func subtractRMDeadX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func subtractRMDeadX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func subtractRMDeadX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func subtractRMDeadS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func subtractRMDeadS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func subtractRMDeadS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func subtractRMDeadS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<IntSubtract>.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func xorRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Xor.self, UInt8.self) }
@inline(__always) private func xorRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Xor.self, UInt16.self) }
@inline(__always) private func xorRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Xor.self, UInt32.self) }
@inline(__always) private func xorRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Xor.self, UInt64.self) }
@inline(__always) private func xorRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Xor.self, UInt8.self) }
@inline(__always) private func xorRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Xor.self, UInt16.self) }
@inline(__always) private func xorRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Xor.self, UInt32.self) }
@inline(__always) private func xorRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Xor.self, UInt64.self) }
@inline(__always) private func xorRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func xorRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func xorRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func xorRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func xorRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func xorRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func xorRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func xorRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func xorRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func xorRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func xorRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func xorRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Xor.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func xorMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func xorMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func xorMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func xorMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func xorMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func xorMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func xorMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func xorMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func xorMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func xorMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func xorMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func xorMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Xor.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func xorMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func xorMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func xorMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func xorMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func xorMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func xorMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func xorMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func xorMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func xorMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func xorMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func xorMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func xorMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Xor.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func xorRRDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Xor>.self, UInt8.self) }
@inline(__always) private func xorRRDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Xor>.self, UInt16.self) }
@inline(__always) private func xorRRDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Xor>.self, UInt32.self) }
@inline(__always) private func xorRRDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Dead<Xor>.self, UInt64.self) }
@inline(__always) private func xorRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Xor>.self, UInt8.self) }
@inline(__always) private func xorRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Xor>.self, UInt16.self) }
@inline(__always) private func xorRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Xor>.self, UInt32.self) }
@inline(__always) private func xorRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Dead<Xor>.self, UInt64.self) }
@inline(__always) private func xorRMDeadB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func xorRMDeadB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func xorRMDeadB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func xorRMDeadB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func xorRMDeadX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func xorRMDeadX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func xorRMDeadX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func xorRMDeadX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func xorRMDeadS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func xorRMDeadS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func xorRMDeadS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func xorRMDeadS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Dead<Xor>.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func compareRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Compare.self, UInt8.self) }
@inline(__always) private func compareRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Compare.self, UInt16.self) }
@inline(__always) private func compareRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Compare.self, UInt32.self) }
@inline(__always) private func compareRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Compare.self, UInt64.self) }
@inline(__always) private func compareRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Compare.self, UInt8.self) }
@inline(__always) private func compareRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Compare.self, UInt16.self) }
@inline(__always) private func compareRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Compare.self, UInt32.self) }
@inline(__always) private func compareRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Compare.self, UInt64.self) }
@inline(__always) private func compareRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func compareRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func compareRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func compareRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func compareRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func compareRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func compareRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func compareRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func compareRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func compareRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func compareRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func compareRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Compare.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func compareMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func compareMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func compareMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func compareMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func compareMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func compareMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func compareMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func compareMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func compareMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func compareMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func compareMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func compareMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Compare.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func compareMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func compareMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func compareMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func compareMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func compareMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func compareMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func compareMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func compareMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func compareMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func compareMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func compareMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func compareMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Compare.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func testRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Test.self, UInt8.self) }
@inline(__always) private func testRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Test.self, UInt16.self) }
@inline(__always) private func testRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Test.self, UInt32.self) }
@inline(__always) private func testRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { rr(c, o, Test.self, UInt64.self) }
@inline(__always) private func testRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Test.self, UInt8.self) }
@inline(__always) private func testRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Test.self, UInt16.self) }
@inline(__always) private func testRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Test.self, UInt32.self) }
@inline(__always) private func testRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { ri(c, o, Test.self, UInt64.self) }
@inline(__always) private func testRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func testRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func testRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func testRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func testRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func testRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func testRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func testRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func testRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func testRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func testRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func testRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { rm(c, o, Test.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func testMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func testMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func testMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func testMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func testMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func testMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func testMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func testMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func testMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func testMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func testMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func testMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mr(c, o, Test.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func testMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func testMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func testMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func testMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func testMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func testMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func testMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func testMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func testMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func testMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func testMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func testMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { mi(c, o, Test.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func incrementMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func incrementMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func incrementMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func incrementMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func incrementMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func incrementMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func incrementMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func incrementMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func incrementMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func incrementMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func incrementMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func incrementMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Increment.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func decrementMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func decrementMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func decrementMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func decrementMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func decrementMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func decrementMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func decrementMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func decrementMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func decrementMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func decrementMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func decrementMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func decrementMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Decrement.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func notMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func notMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func notMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func notMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func notMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func notMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func notMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func notMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func notMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func notMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func notMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func notMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Not.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func negateMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, BaseAddress.self, UInt8.self) }
@inline(__always) private func negateMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, BaseAddress.self, UInt16.self) }
@inline(__always) private func negateMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, BaseAddress.self, UInt32.self) }
@inline(__always) private func negateMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, BaseAddress.self, UInt64.self) }
@inline(__always) private func negateMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, IndexedAddress.self, UInt8.self) }
@inline(__always) private func negateMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, IndexedAddress.self, UInt16.self) }
@inline(__always) private func negateMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, IndexedAddress.self, UInt32.self) }
@inline(__always) private func negateMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, IndexedAddress.self, UInt64.self) }
@inline(__always) private func negateMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func negateMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func negateMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func negateMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryM(c, o, Negate.self, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func notR8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Not.self, UInt8.self) }
@inline(__always) private func notR16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Not.self, UInt16.self) }
@inline(__always) private func notR32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Not.self, UInt32.self) }
@inline(__always) private func notR64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Not.self, UInt64.self) }
@inline(__always) private func negateR8(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Negate.self, UInt8.self) }
@inline(__always) private func negateR16(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Negate.self, UInt16.self) }
@inline(__always) private func negateR32(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Negate.self, UInt32.self) }
@inline(__always) private func negateR64(_ c: Pointer, _ o: Pointer) -> Pointer? { unaryR(c, o, Negate.self, UInt64.self) }
@inline(__always) private func incrementRNone8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.inc, .none) }
@inline(__always) private func incrementRNone16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.inc, .none) }
@inline(__always) private func incrementRNone32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.inc, .none) }
@inline(__always) private func incrementRNone64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.inc, .none) }
@inline(__always) private func incrementRSub8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.inc, .sub) }
@inline(__always) private func incrementRSub16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.inc, .sub) }
@inline(__always) private func incrementRSub32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.inc, .sub) }
@inline(__always) private func incrementRSub64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.inc, .sub) }
@inline(__always) private func incrementRLogic8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.inc, .logic) }
@inline(__always) private func incrementRLogic16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.inc, .logic) }
@inline(__always) private func incrementRLogic32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.inc, .logic) }
@inline(__always) private func incrementRLogic64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.inc, .logic) }
@inline(__always) private func incrementRAdd8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.inc, .add) }
@inline(__always) private func incrementRAdd16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.inc, .add) }
@inline(__always) private func incrementRAdd32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.inc, .add) }
@inline(__always) private func incrementRAdd64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.inc, .add) }
@inline(__always) private func incrementRResult8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.inc, .result) }
@inline(__always) private func incrementRResult16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.inc, .result) }
@inline(__always) private func incrementRResult32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.inc, .result) }
@inline(__always) private func incrementRResult64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.inc, .result) }
@inline(__always) private func decrementRNone8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.dec, .none) }
@inline(__always) private func decrementRNone16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.dec, .none) }
@inline(__always) private func decrementRNone32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.dec, .none) }
@inline(__always) private func decrementRNone64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.dec, .none) }
@inline(__always) private func decrementRSub8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.dec, .sub) }
@inline(__always) private func decrementRSub16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.dec, .sub) }
@inline(__always) private func decrementRSub32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.dec, .sub) }
@inline(__always) private func decrementRSub64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.dec, .sub) }
@inline(__always) private func decrementRLogic8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.dec, .logic) }
@inline(__always) private func decrementRLogic16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.dec, .logic) }
@inline(__always) private func decrementRLogic32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.dec, .logic) }
@inline(__always) private func decrementRLogic64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.dec, .logic) }
@inline(__always) private func decrementRAdd8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.dec, .add) }
@inline(__always) private func decrementRAdd16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.dec, .add) }
@inline(__always) private func decrementRAdd32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.dec, .add) }
@inline(__always) private func decrementRAdd64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.dec, .add) }
@inline(__always) private func decrementRResult8(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt8.self, FlagKind.dec, .result) }
@inline(__always) private func decrementRResult16(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt16.self, FlagKind.dec, .result) }
@inline(__always) private func decrementRResult32(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt32.self, FlagKind.dec, .result) }
@inline(__always) private func decrementRResult64(_ c: Pointer, _ o: Pointer) -> Pointer? { stepR(c, o, UInt64.self, FlagKind.dec, .result) }
@inline(__always) private func imulRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt8.self, live: true) }
@inline(__always) private func imulRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt16.self, live: true) }
@inline(__always) private func imulRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt32.self, live: true) }
@inline(__always) private func imulRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt64.self, live: true) }
@inline(__always) private func imulRRDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt8.self, live: false) }
@inline(__always) private func imulRRDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt16.self, live: false) }
@inline(__always) private func imulRRDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt32.self, live: false) }
@inline(__always) private func imulRRDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRR(c, o, UInt64.self, live: false) }
@inline(__always) private func imulRM8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt8.self, live: true) }
@inline(__always) private func imulRM16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt16.self, live: true) }
@inline(__always) private func imulRM32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt32.self, live: true) }
@inline(__always) private func imulRM64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt64.self, live: true) }
@inline(__always) private func imulRMDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt8.self, live: false) }
@inline(__always) private func imulRMDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt16.self, live: false) }
@inline(__always) private func imulRMDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt32.self, live: false) }
@inline(__always) private func imulRMDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRM(c, o, UInt64.self, live: false) }
@inline(__always) private func imulRRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt8.self, live: true) }
@inline(__always) private func imulRRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt16.self, live: true) }
@inline(__always) private func imulRRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt32.self, live: true) }
@inline(__always) private func imulRRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt64.self, live: true) }
@inline(__always) private func imulRRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt8.self, live: false) }
@inline(__always) private func imulRRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt16.self, live: false) }
@inline(__always) private func imulRRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt32.self, live: false) }
@inline(__always) private func imulRRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRRI(c, o, UInt64.self, live: false) }
@inline(__always) private func imulRMI8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt8.self, live: true) }
@inline(__always) private func imulRMI16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt16.self, live: true) }
@inline(__always) private func imulRMI32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt32.self, live: true) }
@inline(__always) private func imulRMI64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt64.self, live: true) }
@inline(__always) private func imulRMIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt8.self, live: false) }
@inline(__always) private func imulRMIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt16.self, live: false) }
@inline(__always) private func imulRMIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt32.self, live: false) }
@inline(__always) private func imulRMIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { imulRMI(c, o, UInt64.self, live: false) }
@inline(__always) private func multiplyR8(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt8.self, isSigned: false) }
@inline(__always) private func multiplyR16(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt16.self, isSigned: false) }
@inline(__always) private func multiplyR32(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt32.self, isSigned: false) }
@inline(__always) private func multiplyR64(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt64.self, isSigned: false) }
@inline(__always) private func multiplyM8(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt8.self, isSigned: false) }
@inline(__always) private func multiplyM16(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt16.self, isSigned: false) }
@inline(__always) private func multiplyM32(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt32.self, isSigned: false) }
@inline(__always) private func multiplyM64(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt64.self, isSigned: false) }
@inline(__always) private func multiplySignedR8(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt8.self, isSigned: true) }
@inline(__always) private func multiplySignedR16(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt16.self, isSigned: true) }
@inline(__always) private func multiplySignedR32(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt32.self, isSigned: true) }
@inline(__always) private func multiplySignedR64(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyR(c, o, UInt64.self, isSigned: true) }
@inline(__always) private func multiplySignedM8(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt8.self, isSigned: true) }
@inline(__always) private func multiplySignedM16(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt16.self, isSigned: true) }
@inline(__always) private func multiplySignedM32(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt32.self, isSigned: true) }
@inline(__always) private func multiplySignedM64(_ c: Pointer, _ o: Pointer) -> Pointer? { multiplyM(c, o, UInt64.self, isSigned: true) }
@inline(__always) private func divideR8(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt8.self, isSigned: false) }
@inline(__always) private func divideR16(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt16.self, isSigned: false) }
@inline(__always) private func divideR32(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt32.self, isSigned: false) }
@inline(__always) private func divideR64(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt64.self, isSigned: false) }
@inline(__always) private func divideM8(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt8.self, isSigned: false) }
@inline(__always) private func divideM16(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt16.self, isSigned: false) }
@inline(__always) private func divideM32(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt32.self, isSigned: false) }
@inline(__always) private func divideM64(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt64.self, isSigned: false) }
@inline(__always) private func divideSignedR8(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt8.self, isSigned: true) }
@inline(__always) private func divideSignedR16(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt16.self, isSigned: true) }
@inline(__always) private func divideSignedR32(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt32.self, isSigned: true) }
@inline(__always) private func divideSignedR64(_ c: Pointer, _ o: Pointer) -> Pointer? { divideR(c, o, UInt64.self, isSigned: true) }
@inline(__always) private func divideSignedM8(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt8.self, isSigned: true) }
@inline(__always) private func divideSignedM16(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt16.self, isSigned: true) }
@inline(__always) private func divideSignedM32(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt32.self, isSigned: true) }
@inline(__always) private func divideSignedM64(_ c: Pointer, _ o: Pointer) -> Pointer? { divideM(c, o, UInt64.self, isSigned: true) }
@inline(__always) private func rotateLeftRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeft.self, UInt8.self) }
@inline(__always) private func rotateLeftRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeft.self, UInt16.self) }
@inline(__always) private func rotateLeftRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeft.self, UInt32.self) }
@inline(__always) private func rotateLeftRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeft.self, UInt64.self) }
@inline(__always) private func rotateRightRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRight.self, UInt8.self) }
@inline(__always) private func rotateRightRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRight.self, UInt16.self) }
@inline(__always) private func rotateRightRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRight.self, UInt32.self) }
@inline(__always) private func rotateRightRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRight.self, UInt64.self) }
@inline(__always) private func rotateLeftCarryRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeftCarry.self, UInt8.self) }
@inline(__always) private func rotateLeftCarryRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeftCarry.self, UInt16.self) }
@inline(__always) private func rotateLeftCarryRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeftCarry.self, UInt32.self) }
@inline(__always) private func rotateLeftCarryRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateLeftCarry.self, UInt64.self) }
@inline(__always) private func rotateRightCarryRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRightCarry.self, UInt8.self) }
@inline(__always) private func rotateRightCarryRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRightCarry.self, UInt16.self) }
@inline(__always) private func rotateRightCarryRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRightCarry.self, UInt32.self) }
@inline(__always) private func rotateRightCarryRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, RotateRightCarry.self, UInt64.self) }
@inline(__always) private func shiftLeftRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftLeft.self, UInt8.self) }
@inline(__always) private func shiftLeftRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftLeft.self, UInt16.self) }
@inline(__always) private func shiftLeftRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftLeft.self, UInt32.self) }
@inline(__always) private func shiftLeftRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftLeft.self, UInt64.self) }
@inline(__always) private func shiftRightRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftRight.self, UInt8.self) }
@inline(__always) private func shiftRightRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftRight.self, UInt16.self) }
@inline(__always) private func shiftRightRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftRight.self, UInt32.self) }
@inline(__always) private func shiftRightRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftRight.self, UInt64.self) }
@inline(__always) private func shiftArithmeticRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftArithmetic.self, UInt8.self) }
@inline(__always) private func shiftArithmeticRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftArithmetic.self, UInt16.self) }
@inline(__always) private func shiftArithmeticRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftArithmetic.self, UInt32.self) }
@inline(__always) private func shiftArithmeticRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, ShiftArithmetic.self, UInt64.self) }
@inline(__always) private func rotateLeftRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeft>.self, UInt8.self) }
@inline(__always) private func rotateLeftRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeft>.self, UInt16.self) }
@inline(__always) private func rotateLeftRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeft>.self, UInt32.self) }
@inline(__always) private func rotateLeftRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeft>.self, UInt64.self) }
@inline(__always) private func rotateRightRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRight>.self, UInt8.self) }
@inline(__always) private func rotateRightRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRight>.self, UInt16.self) }
@inline(__always) private func rotateRightRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRight>.self, UInt32.self) }
@inline(__always) private func rotateRightRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRight>.self, UInt64.self) }
@inline(__always) private func rotateLeftCarryRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeftCarry>.self, UInt8.self) }
@inline(__always) private func rotateLeftCarryRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeftCarry>.self, UInt16.self) }
@inline(__always) private func rotateLeftCarryRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeftCarry>.self, UInt32.self) }
@inline(__always) private func rotateLeftCarryRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateLeftCarry>.self, UInt64.self) }
@inline(__always) private func rotateRightCarryRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRightCarry>.self, UInt8.self) }
@inline(__always) private func rotateRightCarryRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRightCarry>.self, UInt16.self) }
@inline(__always) private func rotateRightCarryRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRightCarry>.self, UInt32.self) }
@inline(__always) private func rotateRightCarryRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<RotateRightCarry>.self, UInt64.self) }
@inline(__always) private func shiftLeftRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftLeft>.self, UInt8.self) }
@inline(__always) private func shiftLeftRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftLeft>.self, UInt16.self) }
@inline(__always) private func shiftLeftRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftLeft>.self, UInt32.self) }
@inline(__always) private func shiftLeftRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftLeft>.self, UInt64.self) }
@inline(__always) private func shiftRightRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftRight>.self, UInt8.self) }
@inline(__always) private func shiftRightRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftRight>.self, UInt16.self) }
@inline(__always) private func shiftRightRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftRight>.self, UInt32.self) }
@inline(__always) private func shiftRightRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftRight>.self, UInt64.self) }
@inline(__always) private func shiftArithmeticRIDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftArithmetic>.self, UInt8.self) }
@inline(__always) private func shiftArithmeticRIDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftArithmetic>.self, UInt16.self) }
@inline(__always) private func shiftArithmeticRIDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftArithmetic>.self, UInt32.self) }
@inline(__always) private func shiftArithmeticRIDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRI(c, o, DeadShift<ShiftArithmetic>.self, UInt64.self) }
@inline(__always) private func rotateLeftRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeft.self, UInt8.self) }
@inline(__always) private func rotateLeftRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeft.self, UInt16.self) }
@inline(__always) private func rotateLeftRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeft.self, UInt32.self) }
@inline(__always) private func rotateLeftRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeft.self, UInt64.self) }
@inline(__always) private func rotateRightRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRight.self, UInt8.self) }
@inline(__always) private func rotateRightRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRight.self, UInt16.self) }
@inline(__always) private func rotateRightRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRight.self, UInt32.self) }
@inline(__always) private func rotateRightRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRight.self, UInt64.self) }
@inline(__always) private func rotateLeftCarryRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeftCarry.self, UInt8.self) }
@inline(__always) private func rotateLeftCarryRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeftCarry.self, UInt16.self) }
@inline(__always) private func rotateLeftCarryRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeftCarry.self, UInt32.self) }
@inline(__always) private func rotateLeftCarryRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateLeftCarry.self, UInt64.self) }
@inline(__always) private func rotateRightCarryRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRightCarry.self, UInt8.self) }
@inline(__always) private func rotateRightCarryRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRightCarry.self, UInt16.self) }
@inline(__always) private func rotateRightCarryRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRightCarry.self, UInt32.self) }
@inline(__always) private func rotateRightCarryRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, RotateRightCarry.self, UInt64.self) }
@inline(__always) private func shiftLeftRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftLeft.self, UInt8.self) }
@inline(__always) private func shiftLeftRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftLeft.self, UInt16.self) }
@inline(__always) private func shiftLeftRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftLeft.self, UInt32.self) }
@inline(__always) private func shiftLeftRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftLeft.self, UInt64.self) }
@inline(__always) private func shiftRightRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftRight.self, UInt8.self) }
@inline(__always) private func shiftRightRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftRight.self, UInt16.self) }
@inline(__always) private func shiftRightRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftRight.self, UInt32.self) }
@inline(__always) private func shiftRightRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftRight.self, UInt64.self) }
@inline(__always) private func shiftArithmeticRC8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftArithmetic.self, UInt8.self) }
@inline(__always) private func shiftArithmeticRC16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftArithmetic.self, UInt16.self) }
@inline(__always) private func shiftArithmeticRC32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftArithmetic.self, UInt32.self) }
@inline(__always) private func shiftArithmeticRC64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, ShiftArithmetic.self, UInt64.self) }
@inline(__always) private func rotateLeftRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeft>.self, UInt8.self) }
@inline(__always) private func rotateLeftRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeft>.self, UInt16.self) }
@inline(__always) private func rotateLeftRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeft>.self, UInt32.self) }
@inline(__always) private func rotateLeftRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeft>.self, UInt64.self) }
@inline(__always) private func rotateRightRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRight>.self, UInt8.self) }
@inline(__always) private func rotateRightRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRight>.self, UInt16.self) }
@inline(__always) private func rotateRightRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRight>.self, UInt32.self) }
@inline(__always) private func rotateRightRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRight>.self, UInt64.self) }
@inline(__always) private func rotateLeftCarryRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeftCarry>.self, UInt8.self) }
@inline(__always) private func rotateLeftCarryRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeftCarry>.self, UInt16.self) }
@inline(__always) private func rotateLeftCarryRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeftCarry>.self, UInt32.self) }
@inline(__always) private func rotateLeftCarryRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateLeftCarry>.self, UInt64.self) }
@inline(__always) private func rotateRightCarryRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRightCarry>.self, UInt8.self) }
@inline(__always) private func rotateRightCarryRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRightCarry>.self, UInt16.self) }
@inline(__always) private func rotateRightCarryRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRightCarry>.self, UInt32.self) }
@inline(__always) private func rotateRightCarryRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<RotateRightCarry>.self, UInt64.self) }
@inline(__always) private func shiftLeftRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftLeft>.self, UInt8.self) }
@inline(__always) private func shiftLeftRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftLeft>.self, UInt16.self) }
@inline(__always) private func shiftLeftRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftLeft>.self, UInt32.self) }
@inline(__always) private func shiftLeftRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftLeft>.self, UInt64.self) }
@inline(__always) private func shiftRightRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftRight>.self, UInt8.self) }
@inline(__always) private func shiftRightRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftRight>.self, UInt16.self) }
@inline(__always) private func shiftRightRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftRight>.self, UInt32.self) }
@inline(__always) private func shiftRightRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftRight>.self, UInt64.self) }
@inline(__always) private func shiftArithmeticRCDead8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftArithmetic>.self, UInt8.self) }
@inline(__always) private func shiftArithmeticRCDead16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftArithmetic>.self, UInt16.self) }
@inline(__always) private func shiftArithmeticRCDead32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftArithmetic>.self, UInt32.self) }
@inline(__always) private func shiftArithmeticRCDead64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftRC(c, o, DeadShift<ShiftArithmetic>.self, UInt64.self) }
@inline(__always) private func rotateLeftM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeft.self, UInt8.self) }
@inline(__always) private func rotateLeftM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeft.self, UInt16.self) }
@inline(__always) private func rotateLeftM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeft.self, UInt32.self) }
@inline(__always) private func rotateLeftM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeft.self, UInt64.self) }
@inline(__always) private func rotateRightM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRight.self, UInt8.self) }
@inline(__always) private func rotateRightM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRight.self, UInt16.self) }
@inline(__always) private func rotateRightM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRight.self, UInt32.self) }
@inline(__always) private func rotateRightM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRight.self, UInt64.self) }
@inline(__always) private func rotateLeftCarryM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeftCarry.self, UInt8.self) }
@inline(__always) private func rotateLeftCarryM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeftCarry.self, UInt16.self) }
@inline(__always) private func rotateLeftCarryM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeftCarry.self, UInt32.self) }
@inline(__always) private func rotateLeftCarryM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateLeftCarry.self, UInt64.self) }
@inline(__always) private func rotateRightCarryM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRightCarry.self, UInt8.self) }
@inline(__always) private func rotateRightCarryM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRightCarry.self, UInt16.self) }
@inline(__always) private func rotateRightCarryM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRightCarry.self, UInt32.self) }
@inline(__always) private func rotateRightCarryM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, RotateRightCarry.self, UInt64.self) }
@inline(__always) private func shiftLeftM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftLeft.self, UInt8.self) }
@inline(__always) private func shiftLeftM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftLeft.self, UInt16.self) }
@inline(__always) private func shiftLeftM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftLeft.self, UInt32.self) }
@inline(__always) private func shiftLeftM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftLeft.self, UInt64.self) }
@inline(__always) private func shiftRightM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftRight.self, UInt8.self) }
@inline(__always) private func shiftRightM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftRight.self, UInt16.self) }
@inline(__always) private func shiftRightM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftRight.self, UInt32.self) }
@inline(__always) private func shiftRightM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftRight.self, UInt64.self) }
@inline(__always) private func shiftArithmeticM8(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftArithmetic.self, UInt8.self) }
@inline(__always) private func shiftArithmeticM16(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftArithmetic.self, UInt16.self) }
@inline(__always) private func shiftArithmeticM32(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftArithmetic.self, UInt32.self) }
@inline(__always) private func shiftArithmeticM64(_ c: Pointer, _ o: Pointer) -> Pointer? { shiftM(c, o, ShiftArithmetic.self, UInt64.self) }
@inline(__always) private func doubleShiftLeftR8(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt8.self, left: true) }
@inline(__always) private func doubleShiftLeftR16(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt16.self, left: true) }
@inline(__always) private func doubleShiftLeftR32(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt32.self, left: true) }
@inline(__always) private func doubleShiftLeftR64(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt64.self, left: true) }
@inline(__always) private func doubleShiftLeftM8(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt8.self, left: true) }
@inline(__always) private func doubleShiftLeftM16(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt16.self, left: true) }
@inline(__always) private func doubleShiftLeftM32(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt32.self, left: true) }
@inline(__always) private func doubleShiftLeftM64(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt64.self, left: true) }
@inline(__always) private func doubleShiftRightR8(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt8.self, left: false) }
@inline(__always) private func doubleShiftRightR16(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt16.self, left: false) }
@inline(__always) private func doubleShiftRightR32(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt32.self, left: false) }
@inline(__always) private func doubleShiftRightR64(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftR(c, o, UInt64.self, left: false) }
@inline(__always) private func doubleShiftRightM8(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt8.self, left: false) }
@inline(__always) private func doubleShiftRightM16(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt16.self, left: false) }
@inline(__always) private func doubleShiftRightM32(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt32.self, left: false) }
@inline(__always) private func doubleShiftRightM64(_ c: Pointer, _ o: Pointer) -> Pointer? { doubleShiftM(c, o, UInt64.self, left: false) }
@inline(__always) private func moveRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRR(c, o, UInt8.self) }
@inline(__always) private func moveRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRR(c, o, UInt16.self) }
@inline(__always) private func moveRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRR(c, o, UInt32.self) }
@inline(__always) private func moveRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRR(c, o, UInt64.self) }
@inline(__always) private func moveRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRI(c, o, UInt8.self) }
@inline(__always) private func moveRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRI(c, o, UInt16.self) }
@inline(__always) private func moveRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRI(c, o, UInt32.self) }
@inline(__always) private func moveRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRI(c, o, UInt64.self) }
@inline(__always) private func moveRMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, BaseAddress.self, UInt8.self) }
@inline(__always) private func moveRMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, BaseAddress.self, UInt16.self) }
@inline(__always) private func moveRMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, BaseAddress.self, UInt32.self) }
@inline(__always) private func moveRMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, BaseAddress.self, UInt64.self) }
@inline(__always) private func moveRMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, IndexedAddress.self, UInt8.self) }
@inline(__always) private func moveRMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, IndexedAddress.self, UInt16.self) }
@inline(__always) private func moveRMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, IndexedAddress.self, UInt32.self) }
@inline(__always) private func moveRMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, IndexedAddress.self, UInt64.self) }
@inline(__always) private func moveRMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func moveRMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func moveRMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func moveRMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveRM(c, o, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func moveMRB8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, BaseAddress.self, UInt8.self) }
@inline(__always) private func moveMRB16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, BaseAddress.self, UInt16.self) }
@inline(__always) private func moveMRB32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, BaseAddress.self, UInt32.self) }
@inline(__always) private func moveMRB64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, BaseAddress.self, UInt64.self) }
@inline(__always) private func moveMRX8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, IndexedAddress.self, UInt8.self) }
@inline(__always) private func moveMRX16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, IndexedAddress.self, UInt16.self) }
@inline(__always) private func moveMRX32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, IndexedAddress.self, UInt32.self) }
@inline(__always) private func moveMRX64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, IndexedAddress.self, UInt64.self) }
@inline(__always) private func moveMRS8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func moveMRS16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func moveMRS32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func moveMRS64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMR(c, o, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func moveMIB8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, BaseAddress.self, UInt8.self) }
@inline(__always) private func moveMIB16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, BaseAddress.self, UInt16.self) }
@inline(__always) private func moveMIB32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, BaseAddress.self, UInt32.self) }
@inline(__always) private func moveMIB64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, BaseAddress.self, UInt64.self) }
@inline(__always) private func moveMIX8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, IndexedAddress.self, UInt8.self) }
@inline(__always) private func moveMIX16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, IndexedAddress.self, UInt16.self) }
@inline(__always) private func moveMIX32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, IndexedAddress.self, UInt32.self) }
@inline(__always) private func moveMIX64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, IndexedAddress.self, UInt64.self) }
@inline(__always) private func moveMIS8(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, SegmentedAddress.self, UInt8.self) }
@inline(__always) private func moveMIS16(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, SegmentedAddress.self, UInt16.self) }
@inline(__always) private func moveMIS32(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, SegmentedAddress.self, UInt32.self) }
@inline(__always) private func moveMIS64(_ c: Pointer, _ o: Pointer) -> Pointer? { moveMI(c, o, SegmentedAddress.self, UInt64.self) }
@inline(__always) private func lea8(_ c: Pointer, _ o: Pointer) -> Pointer? { lea(c, o, UInt8.self) }
@inline(__always) private func lea16(_ c: Pointer, _ o: Pointer) -> Pointer? { lea(c, o, UInt16.self) }
@inline(__always) private func lea32(_ c: Pointer, _ o: Pointer) -> Pointer? { lea(c, o, UInt32.self) }
@inline(__always) private func lea64(_ c: Pointer, _ o: Pointer) -> Pointer? { lea(c, o, UInt64.self) }
@inline(__always) private func leaBase8(_ c: Pointer, _ o: Pointer) -> Pointer? { leaBase(c, o, UInt8.self) }
@inline(__always) private func leaBase16(_ c: Pointer, _ o: Pointer) -> Pointer? { leaBase(c, o, UInt16.self) }
@inline(__always) private func leaBase32(_ c: Pointer, _ o: Pointer) -> Pointer? { leaBase(c, o, UInt32.self) }
@inline(__always) private func leaBase64(_ c: Pointer, _ o: Pointer) -> Pointer? { leaBase(c, o, UInt64.self) }
@inline(__always) private func leaNarrow8(_ c: Pointer, _ o: Pointer) -> Pointer? { leaNarrow(c, o, UInt8.self) }
@inline(__always) private func leaNarrow16(_ c: Pointer, _ o: Pointer) -> Pointer? { leaNarrow(c, o, UInt16.self) }
@inline(__always) private func leaNarrow32(_ c: Pointer, _ o: Pointer) -> Pointer? { leaNarrow(c, o, UInt32.self) }
@inline(__always) private func leaNarrow64(_ c: Pointer, _ o: Pointer) -> Pointer? { leaNarrow(c, o, UInt64.self) }
@inline(__always) private func cmovRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRR(c, o, UInt8.self) }
@inline(__always) private func cmovRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRR(c, o, UInt16.self) }
@inline(__always) private func cmovRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRR(c, o, UInt32.self) }
@inline(__always) private func cmovRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRR(c, o, UInt64.self) }
@inline(__always) private func cmovDoubleSub2(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 2, .sub) }
@inline(__always) private func cmovDoubleSub3(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 3, .sub) }
@inline(__always) private func cmovDoubleSub4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 4, .sub) }
@inline(__always) private func cmovDoubleSub5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 5, .sub) }
@inline(__always) private func cmovDoubleSub6(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 6, .sub) }
@inline(__always) private func cmovDoubleSub7(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 7, .sub) }
@inline(__always) private func cmovDoubleSub8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 8, .sub) }
@inline(__always) private func cmovDoubleSub9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 9, .sub) }
@inline(__always) private func cmovDoubleSub12(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 12, .sub) }
@inline(__always) private func cmovDoubleSub13(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 13, .sub) }
@inline(__always) private func cmovDoubleSub14(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 14, .sub) }
@inline(__always) private func cmovDoubleSub15(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 15, .sub) }
@inline(__always) private func cmovDoubleLogic0(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 0, .logic) }
@inline(__always) private func cmovDoubleLogic1(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 1, .logic) }
@inline(__always) private func cmovDoubleLogic2(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 2, .logic) }
@inline(__always) private func cmovDoubleLogic3(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 3, .logic) }
@inline(__always) private func cmovDoubleLogic4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 4, .logic) }
@inline(__always) private func cmovDoubleLogic5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 5, .logic) }
@inline(__always) private func cmovDoubleLogic6(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 6, .logic) }
@inline(__always) private func cmovDoubleLogic7(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 7, .logic) }
@inline(__always) private func cmovDoubleLogic8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 8, .logic) }
@inline(__always) private func cmovDoubleLogic9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 9, .logic) }
@inline(__always) private func cmovDoubleLogic12(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 12, .logic) }
@inline(__always) private func cmovDoubleLogic13(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 13, .logic) }
@inline(__always) private func cmovDoubleLogic14(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 14, .logic) }
@inline(__always) private func cmovDoubleLogic15(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 15, .logic) }
@inline(__always) private func cmovDoubleAdd2(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 2, .add) }
@inline(__always) private func cmovDoubleAdd3(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 3, .add) }
@inline(__always) private func cmovDoubleAdd4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 4, .add) }
@inline(__always) private func cmovDoubleAdd5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 5, .add) }
@inline(__always) private func cmovDoubleAdd6(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 6, .add) }
@inline(__always) private func cmovDoubleAdd7(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 7, .add) }
@inline(__always) private func cmovDoubleAdd8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 8, .add) }
@inline(__always) private func cmovDoubleAdd9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 9, .add) }
@inline(__always) private func cmovDoubleResult4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 4, .result) }
@inline(__always) private func cmovDoubleResult5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 5, .result) }
@inline(__always) private func cmovDoubleResult8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 8, .result) }
@inline(__always) private func cmovDoubleResult9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt32.self, 9, .result) }
@inline(__always) private func cmovQuadSub2(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 2, .sub) }
@inline(__always) private func cmovQuadSub3(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 3, .sub) }
@inline(__always) private func cmovQuadSub4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 4, .sub) }
@inline(__always) private func cmovQuadSub5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 5, .sub) }
@inline(__always) private func cmovQuadSub6(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 6, .sub) }
@inline(__always) private func cmovQuadSub7(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 7, .sub) }
@inline(__always) private func cmovQuadSub8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 8, .sub) }
@inline(__always) private func cmovQuadSub9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 9, .sub) }
@inline(__always) private func cmovQuadSub12(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 12, .sub) }
@inline(__always) private func cmovQuadSub13(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 13, .sub) }
@inline(__always) private func cmovQuadSub14(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 14, .sub) }
@inline(__always) private func cmovQuadSub15(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 15, .sub) }
@inline(__always) private func cmovQuadLogic0(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 0, .logic) }
@inline(__always) private func cmovQuadLogic1(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 1, .logic) }
@inline(__always) private func cmovQuadLogic2(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 2, .logic) }
@inline(__always) private func cmovQuadLogic3(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 3, .logic) }
@inline(__always) private func cmovQuadLogic4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 4, .logic) }
@inline(__always) private func cmovQuadLogic5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 5, .logic) }
@inline(__always) private func cmovQuadLogic6(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 6, .logic) }
@inline(__always) private func cmovQuadLogic7(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 7, .logic) }
@inline(__always) private func cmovQuadLogic8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 8, .logic) }
@inline(__always) private func cmovQuadLogic9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 9, .logic) }
@inline(__always) private func cmovQuadLogic12(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 12, .logic) }
@inline(__always) private func cmovQuadLogic13(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 13, .logic) }
@inline(__always) private func cmovQuadLogic14(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 14, .logic) }
@inline(__always) private func cmovQuadLogic15(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 15, .logic) }
@inline(__always) private func cmovQuadAdd2(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 2, .add) }
@inline(__always) private func cmovQuadAdd3(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 3, .add) }
@inline(__always) private func cmovQuadAdd4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 4, .add) }
@inline(__always) private func cmovQuadAdd5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 5, .add) }
@inline(__always) private func cmovQuadAdd6(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 6, .add) }
@inline(__always) private func cmovQuadAdd7(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 7, .add) }
@inline(__always) private func cmovQuadAdd8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 8, .add) }
@inline(__always) private func cmovQuadAdd9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 9, .add) }
@inline(__always) private func cmovQuadResult4(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 4, .result) }
@inline(__always) private func cmovQuadResult5(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 5, .result) }
@inline(__always) private func cmovQuadResult8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 8, .result) }
@inline(__always) private func cmovQuadResult9(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovKnown(c, o, UInt64.self, 9, .result) }
@inline(__always) private func setccSub2(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 2, .sub) }
@inline(__always) private func setccSub3(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 3, .sub) }
@inline(__always) private func setccSub4(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 4, .sub) }
@inline(__always) private func setccSub5(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 5, .sub) }
@inline(__always) private func setccSub6(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 6, .sub) }
@inline(__always) private func setccSub7(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 7, .sub) }
@inline(__always) private func setccSub8(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 8, .sub) }
@inline(__always) private func setccSub9(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 9, .sub) }
@inline(__always) private func setccSub12(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 12, .sub) }
@inline(__always) private func setccSub13(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 13, .sub) }
@inline(__always) private func setccSub14(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 14, .sub) }
@inline(__always) private func setccSub15(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 15, .sub) }
@inline(__always) private func setccLogic0(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 0, .logic) }
@inline(__always) private func setccLogic1(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 1, .logic) }
@inline(__always) private func setccLogic2(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 2, .logic) }
@inline(__always) private func setccLogic3(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 3, .logic) }
@inline(__always) private func setccLogic4(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 4, .logic) }
@inline(__always) private func setccLogic5(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 5, .logic) }
@inline(__always) private func setccLogic6(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 6, .logic) }
@inline(__always) private func setccLogic7(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 7, .logic) }
@inline(__always) private func setccLogic8(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 8, .logic) }
@inline(__always) private func setccLogic9(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 9, .logic) }
@inline(__always) private func setccLogic12(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 12, .logic) }
@inline(__always) private func setccLogic13(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 13, .logic) }
@inline(__always) private func setccLogic14(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 14, .logic) }
@inline(__always) private func setccLogic15(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 15, .logic) }
@inline(__always) private func setccAdd2(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 2, .add) }
@inline(__always) private func setccAdd3(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 3, .add) }
@inline(__always) private func setccAdd4(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 4, .add) }
@inline(__always) private func setccAdd5(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 5, .add) }
@inline(__always) private func setccAdd6(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 6, .add) }
@inline(__always) private func setccAdd7(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 7, .add) }
@inline(__always) private func setccAdd8(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 8, .add) }
@inline(__always) private func setccAdd9(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 9, .add) }
@inline(__always) private func setccResult4(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 4, .result) }
@inline(__always) private func setccResult5(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 5, .result) }
@inline(__always) private func setccResult8(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 8, .result) }
@inline(__always) private func setccResult9(_ c: Pointer, _ o: Pointer) -> Pointer? { setccKnown(c, o, 9, .result) }
@inline(__always) private func jumpIf0(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 0, .none) }
@inline(__always) private func jumpIf1(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 1, .none) }
@inline(__always) private func jumpIf2(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 2, .none) }
@inline(__always) private func jumpIf3(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 3, .none) }
@inline(__always) private func jumpIf4(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 4, .none) }
@inline(__always) private func jumpIf5(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 5, .none) }
@inline(__always) private func jumpIf6(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 6, .none) }
@inline(__always) private func jumpIf7(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 7, .none) }
@inline(__always) private func jumpIf8(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 8, .none) }
@inline(__always) private func jumpIf9(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 9, .none) }
@inline(__always) private func jumpIf10(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 10, .none) }
@inline(__always) private func jumpIf11(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 11, .none) }
@inline(__always) private func jumpIf12(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 12, .none) }
@inline(__always) private func jumpIf13(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 13, .none) }
@inline(__always) private func jumpIf14(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 14, .none) }
@inline(__always) private func jumpIf15(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 15, .none) }
@inline(__always) private func jumpIfSub2(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 2, .sub) }
@inline(__always) private func jumpIfSub3(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 3, .sub) }
@inline(__always) private func jumpIfSub4(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 4, .sub) }
@inline(__always) private func jumpIfSub5(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 5, .sub) }
@inline(__always) private func jumpIfSub6(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 6, .sub) }
@inline(__always) private func jumpIfSub7(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 7, .sub) }
@inline(__always) private func jumpIfSub8(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 8, .sub) }
@inline(__always) private func jumpIfSub9(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 9, .sub) }
@inline(__always) private func jumpIfSub12(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 12, .sub) }
@inline(__always) private func jumpIfSub13(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 13, .sub) }
@inline(__always) private func jumpIfSub14(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 14, .sub) }
@inline(__always) private func jumpIfSub15(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 15, .sub) }
@inline(__always) private func jumpIfLogic0(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 0, .logic) }
@inline(__always) private func jumpIfLogic1(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 1, .logic) }
@inline(__always) private func jumpIfLogic2(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 2, .logic) }
@inline(__always) private func jumpIfLogic3(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 3, .logic) }
@inline(__always) private func jumpIfLogic4(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 4, .logic) }
@inline(__always) private func jumpIfLogic5(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 5, .logic) }
@inline(__always) private func jumpIfLogic6(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 6, .logic) }
@inline(__always) private func jumpIfLogic7(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 7, .logic) }
@inline(__always) private func jumpIfLogic8(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 8, .logic) }
@inline(__always) private func jumpIfLogic9(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 9, .logic) }
@inline(__always) private func jumpIfLogic12(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 12, .logic) }
@inline(__always) private func jumpIfLogic13(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 13, .logic) }
@inline(__always) private func jumpIfLogic14(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 14, .logic) }
@inline(__always) private func jumpIfLogic15(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 15, .logic) }
@inline(__always) private func jumpIfAdd2(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 2, .add) }
@inline(__always) private func jumpIfAdd3(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 3, .add) }
@inline(__always) private func jumpIfAdd4(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 4, .add) }
@inline(__always) private func jumpIfAdd5(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 5, .add) }
@inline(__always) private func jumpIfAdd6(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 6, .add) }
@inline(__always) private func jumpIfAdd7(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 7, .add) }
@inline(__always) private func jumpIfAdd8(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 8, .add) }
@inline(__always) private func jumpIfAdd9(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 9, .add) }
@inline(__always) private func jumpIfResult4(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 4, .result) }
@inline(__always) private func jumpIfResult5(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 5, .result) }
@inline(__always) private func jumpIfResult8(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 8, .result) }
@inline(__always) private func jumpIfResult9(_ c: Pointer, _ o: Pointer) -> Pointer? { jumpIf(c, o, 9, .result) }
@inline(__always) private func cmovRM8(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRM(c, o, UInt8.self) }
@inline(__always) private func cmovRM16(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRM(c, o, UInt16.self) }
@inline(__always) private func cmovRM32(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRM(c, o, UInt32.self) }
@inline(__always) private func cmovRM64(_ c: Pointer, _ o: Pointer) -> Pointer? { cmovRM(c, o, UInt64.self) }
@inline(__always) private func bitTestRR8(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRR(c, o, UInt8.self) }
@inline(__always) private func bitTestRR16(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRR(c, o, UInt16.self) }
@inline(__always) private func bitTestRR32(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRR(c, o, UInt32.self) }
@inline(__always) private func bitTestRR64(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRR(c, o, UInt64.self) }
@inline(__always) private func bitTestRI8(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRI(c, o, UInt8.self) }
@inline(__always) private func bitTestRI16(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRI(c, o, UInt16.self) }
@inline(__always) private func bitTestRI32(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRI(c, o, UInt32.self) }
@inline(__always) private func bitTestRI64(_ c: Pointer, _ o: Pointer) -> Pointer? { bitTestRI(c, o, UInt64.self) }
@inline(__always) private func zeroExtend8RR8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt8.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RR16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt16.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RR32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt32.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RR64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt64.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt8.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt16.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt32.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt64.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt8.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt16.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt32.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt64.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt8.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt16.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt32.self, from: UInt8.self) }
@inline(__always) private func zeroExtend8RMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt64.self, from: UInt8.self) }
@inline(__always) private func zeroExtend16RR8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt8.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RR16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt16.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RR32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt32.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RR64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt64.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt8.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt16.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt32.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt64.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt8.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt16.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt32.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt64.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt8.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt16.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt32.self, from: UInt16.self) }
@inline(__always) private func zeroExtend16RMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt64.self, from: UInt16.self) }
@inline(__always) private func zeroExtend32RR8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt8.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RR16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt16.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RR32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt32.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RR64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRR(c, o, UInt64.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt8.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt16.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt32.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, BaseAddress.self, UInt64.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt8.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt16.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt32.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, IndexedAddress.self, UInt64.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt8.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt16.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt32.self, from: UInt32.self) }
@inline(__always) private func zeroExtend32RMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { extendRM(c, o, SegmentedAddress.self, UInt64.self, from: UInt32.self) }
@inline(__always) private func signExtend8RR8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt8.self, from: Int8.self) }
@inline(__always) private func signExtend8RR16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt16.self, from: Int8.self) }
@inline(__always) private func signExtend8RR32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt32.self, from: Int8.self) }
@inline(__always) private func signExtend8RR64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt64.self, from: Int8.self) }
@inline(__always) private func signExtend8RMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt8.self, from: Int8.self) }
@inline(__always) private func signExtend8RMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt16.self, from: Int8.self) }
@inline(__always) private func signExtend8RMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt32.self, from: Int8.self) }
@inline(__always) private func signExtend8RMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt64.self, from: Int8.self) }
@inline(__always) private func signExtend8RMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt8.self, from: Int8.self) }
@inline(__always) private func signExtend8RMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt16.self, from: Int8.self) }
@inline(__always) private func signExtend8RMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt32.self, from: Int8.self) }
@inline(__always) private func signExtend8RMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt64.self, from: Int8.self) }
@inline(__always) private func signExtend8RMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt8.self, from: Int8.self) }
@inline(__always) private func signExtend8RMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt16.self, from: Int8.self) }
@inline(__always) private func signExtend8RMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt32.self, from: Int8.self) }
@inline(__always) private func signExtend8RMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt64.self, from: Int8.self) }
@inline(__always) private func signExtend16RR8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt8.self, from: Int16.self) }
@inline(__always) private func signExtend16RR16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt16.self, from: Int16.self) }
@inline(__always) private func signExtend16RR32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt32.self, from: Int16.self) }
@inline(__always) private func signExtend16RR64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt64.self, from: Int16.self) }
@inline(__always) private func signExtend16RMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt8.self, from: Int16.self) }
@inline(__always) private func signExtend16RMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt16.self, from: Int16.self) }
@inline(__always) private func signExtend16RMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt32.self, from: Int16.self) }
@inline(__always) private func signExtend16RMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt64.self, from: Int16.self) }
@inline(__always) private func signExtend16RMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt8.self, from: Int16.self) }
@inline(__always) private func signExtend16RMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt16.self, from: Int16.self) }
@inline(__always) private func signExtend16RMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt32.self, from: Int16.self) }
@inline(__always) private func signExtend16RMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt64.self, from: Int16.self) }
@inline(__always) private func signExtend16RMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt8.self, from: Int16.self) }
@inline(__always) private func signExtend16RMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt16.self, from: Int16.self) }
@inline(__always) private func signExtend16RMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt32.self, from: Int16.self) }
@inline(__always) private func signExtend16RMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt64.self, from: Int16.self) }
@inline(__always) private func signExtend32RR8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt8.self, from: Int32.self) }
@inline(__always) private func signExtend32RR16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt16.self, from: Int32.self) }
@inline(__always) private func signExtend32RR32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt32.self, from: Int32.self) }
@inline(__always) private func signExtend32RR64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRR(c, o, UInt64.self, from: Int32.self) }
@inline(__always) private func signExtend32RMB8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt8.self, from: Int32.self) }
@inline(__always) private func signExtend32RMB16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt16.self, from: Int32.self) }
@inline(__always) private func signExtend32RMB32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt32.self, from: Int32.self) }
@inline(__always) private func signExtend32RMB64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, BaseAddress.self, UInt64.self, from: Int32.self) }
@inline(__always) private func signExtend32RMX8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt8.self, from: Int32.self) }
@inline(__always) private func signExtend32RMX16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt16.self, from: Int32.self) }
@inline(__always) private func signExtend32RMX32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt32.self, from: Int32.self) }
@inline(__always) private func signExtend32RMX64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, IndexedAddress.self, UInt64.self, from: Int32.self) }
@inline(__always) private func signExtend32RMS8(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt8.self, from: Int32.self) }
@inline(__always) private func signExtend32RMS16(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt16.self, from: Int32.self) }
@inline(__always) private func signExtend32RMS32(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt32.self, from: Int32.self) }
@inline(__always) private func signExtend32RMS64(_ c: Pointer, _ o: Pointer) -> Pointer? { signExtendRM(c, o, SegmentedAddress.self, UInt64.self, from: Int32.self) }
@inline(__always) private func compareJumpRRC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 2) }
@inline(__always) private func compareJumpRRC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 2) }
@inline(__always) private func compareJumpRRC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 2) }
@inline(__always) private func compareJumpRRC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 2) }
@inline(__always) private func compareJumpRRC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 3) }
@inline(__always) private func compareJumpRRC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 3) }
@inline(__always) private func compareJumpRRC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 3) }
@inline(__always) private func compareJumpRRC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 3) }
@inline(__always) private func compareJumpRRC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 4) }
@inline(__always) private func compareJumpRRC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 4) }
@inline(__always) private func compareJumpRRC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 4) }
@inline(__always) private func compareJumpRRC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 4) }
@inline(__always) private func compareJumpRRC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 5) }
@inline(__always) private func compareJumpRRC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 5) }
@inline(__always) private func compareJumpRRC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 5) }
@inline(__always) private func compareJumpRRC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 5) }
@inline(__always) private func compareJumpRRC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 6) }
@inline(__always) private func compareJumpRRC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 6) }
@inline(__always) private func compareJumpRRC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 6) }
@inline(__always) private func compareJumpRRC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 6) }
@inline(__always) private func compareJumpRRC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 7) }
@inline(__always) private func compareJumpRRC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 7) }
@inline(__always) private func compareJumpRRC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 7) }
@inline(__always) private func compareJumpRRC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 7) }
@inline(__always) private func compareJumpRRC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 8) }
@inline(__always) private func compareJumpRRC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 8) }
@inline(__always) private func compareJumpRRC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 8) }
@inline(__always) private func compareJumpRRC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 8) }
@inline(__always) private func compareJumpRRC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 9) }
@inline(__always) private func compareJumpRRC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 9) }
@inline(__always) private func compareJumpRRC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 9) }
@inline(__always) private func compareJumpRRC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 9) }
@inline(__always) private func compareJumpRRC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 12) }
@inline(__always) private func compareJumpRRC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 12) }
@inline(__always) private func compareJumpRRC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 12) }
@inline(__always) private func compareJumpRRC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 12) }
@inline(__always) private func compareJumpRRC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 13) }
@inline(__always) private func compareJumpRRC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 13) }
@inline(__always) private func compareJumpRRC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 13) }
@inline(__always) private func compareJumpRRC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 13) }
@inline(__always) private func compareJumpRRC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 14) }
@inline(__always) private func compareJumpRRC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 14) }
@inline(__always) private func compareJumpRRC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 14) }
@inline(__always) private func compareJumpRRC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 14) }
@inline(__always) private func compareJumpRRC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt8.self, 15) }
@inline(__always) private func compareJumpRRC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt16.self, 15) }
@inline(__always) private func compareJumpRRC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt32.self, 15) }
@inline(__always) private func compareJumpRRC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRR(c, o, UInt64.self, 15) }
@inline(__always) private func compareJumpRIC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 2) }
@inline(__always) private func compareJumpRIC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 2) }
@inline(__always) private func compareJumpRIC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 2) }
@inline(__always) private func compareJumpRIC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 2) }
@inline(__always) private func compareJumpRIC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 3) }
@inline(__always) private func compareJumpRIC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 3) }
@inline(__always) private func compareJumpRIC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 3) }
@inline(__always) private func compareJumpRIC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 3) }
@inline(__always) private func compareJumpRIC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 4) }
@inline(__always) private func compareJumpRIC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 4) }
@inline(__always) private func compareJumpRIC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 4) }
@inline(__always) private func compareJumpRIC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 4) }
@inline(__always) private func compareJumpRIC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 5) }
@inline(__always) private func compareJumpRIC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 5) }
@inline(__always) private func compareJumpRIC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 5) }
@inline(__always) private func compareJumpRIC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 5) }
@inline(__always) private func compareJumpRIC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 6) }
@inline(__always) private func compareJumpRIC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 6) }
@inline(__always) private func compareJumpRIC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 6) }
@inline(__always) private func compareJumpRIC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 6) }
@inline(__always) private func compareJumpRIC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 7) }
@inline(__always) private func compareJumpRIC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 7) }
@inline(__always) private func compareJumpRIC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 7) }
@inline(__always) private func compareJumpRIC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 7) }
@inline(__always) private func compareJumpRIC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 8) }
@inline(__always) private func compareJumpRIC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 8) }
@inline(__always) private func compareJumpRIC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 8) }
@inline(__always) private func compareJumpRIC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 8) }
@inline(__always) private func compareJumpRIC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 9) }
@inline(__always) private func compareJumpRIC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 9) }
@inline(__always) private func compareJumpRIC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 9) }
@inline(__always) private func compareJumpRIC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 9) }
@inline(__always) private func compareJumpRIC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 12) }
@inline(__always) private func compareJumpRIC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 12) }
@inline(__always) private func compareJumpRIC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 12) }
@inline(__always) private func compareJumpRIC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 12) }
@inline(__always) private func compareJumpRIC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 13) }
@inline(__always) private func compareJumpRIC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 13) }
@inline(__always) private func compareJumpRIC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 13) }
@inline(__always) private func compareJumpRIC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 13) }
@inline(__always) private func compareJumpRIC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 14) }
@inline(__always) private func compareJumpRIC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 14) }
@inline(__always) private func compareJumpRIC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 14) }
@inline(__always) private func compareJumpRIC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 14) }
@inline(__always) private func compareJumpRIC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt8.self, 15) }
@inline(__always) private func compareJumpRIC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt16.self, 15) }
@inline(__always) private func compareJumpRIC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt32.self, 15) }
@inline(__always) private func compareJumpRIC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpRI(c, o, UInt64.self, 15) }
@inline(__always) private func compareJumpMIC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 2) }
@inline(__always) private func compareJumpMIC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 2) }
@inline(__always) private func compareJumpMIC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 2) }
@inline(__always) private func compareJumpMIC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 2) }
@inline(__always) private func compareJumpMIC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 3) }
@inline(__always) private func compareJumpMIC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 3) }
@inline(__always) private func compareJumpMIC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 3) }
@inline(__always) private func compareJumpMIC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 3) }
@inline(__always) private func compareJumpMIC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 4) }
@inline(__always) private func compareJumpMIC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 4) }
@inline(__always) private func compareJumpMIC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 4) }
@inline(__always) private func compareJumpMIC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 4) }
@inline(__always) private func compareJumpMIC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 5) }
@inline(__always) private func compareJumpMIC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 5) }
@inline(__always) private func compareJumpMIC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 5) }
@inline(__always) private func compareJumpMIC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 5) }
@inline(__always) private func compareJumpMIC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 6) }
@inline(__always) private func compareJumpMIC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 6) }
@inline(__always) private func compareJumpMIC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 6) }
@inline(__always) private func compareJumpMIC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 6) }
@inline(__always) private func compareJumpMIC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 7) }
@inline(__always) private func compareJumpMIC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 7) }
@inline(__always) private func compareJumpMIC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 7) }
@inline(__always) private func compareJumpMIC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 7) }
@inline(__always) private func compareJumpMIC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 8) }
@inline(__always) private func compareJumpMIC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 8) }
@inline(__always) private func compareJumpMIC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 8) }
@inline(__always) private func compareJumpMIC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 8) }
@inline(__always) private func compareJumpMIC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 9) }
@inline(__always) private func compareJumpMIC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 9) }
@inline(__always) private func compareJumpMIC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 9) }
@inline(__always) private func compareJumpMIC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 9) }
@inline(__always) private func compareJumpMIC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 12) }
@inline(__always) private func compareJumpMIC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 12) }
@inline(__always) private func compareJumpMIC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 12) }
@inline(__always) private func compareJumpMIC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 12) }
@inline(__always) private func compareJumpMIC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 13) }
@inline(__always) private func compareJumpMIC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 13) }
@inline(__always) private func compareJumpMIC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 13) }
@inline(__always) private func compareJumpMIC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 13) }
@inline(__always) private func compareJumpMIC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 14) }
@inline(__always) private func compareJumpMIC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 14) }
@inline(__always) private func compareJumpMIC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 14) }
@inline(__always) private func compareJumpMIC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 14) }
@inline(__always) private func compareJumpMIC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt8.self, 15) }
@inline(__always) private func compareJumpMIC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt16.self, 15) }
@inline(__always) private func compareJumpMIC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt32.self, 15) }
@inline(__always) private func compareJumpMIC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMI(c, o, UInt64.self, 15) }
@inline(__always) private func compareJumpMRC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 2) }
@inline(__always) private func compareJumpMRC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 2) }
@inline(__always) private func compareJumpMRC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 2) }
@inline(__always) private func compareJumpMRC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 2) }
@inline(__always) private func compareJumpMRC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 3) }
@inline(__always) private func compareJumpMRC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 3) }
@inline(__always) private func compareJumpMRC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 3) }
@inline(__always) private func compareJumpMRC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 3) }
@inline(__always) private func compareJumpMRC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 4) }
@inline(__always) private func compareJumpMRC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 4) }
@inline(__always) private func compareJumpMRC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 4) }
@inline(__always) private func compareJumpMRC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 4) }
@inline(__always) private func compareJumpMRC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 5) }
@inline(__always) private func compareJumpMRC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 5) }
@inline(__always) private func compareJumpMRC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 5) }
@inline(__always) private func compareJumpMRC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 5) }
@inline(__always) private func compareJumpMRC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 6) }
@inline(__always) private func compareJumpMRC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 6) }
@inline(__always) private func compareJumpMRC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 6) }
@inline(__always) private func compareJumpMRC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 6) }
@inline(__always) private func compareJumpMRC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 7) }
@inline(__always) private func compareJumpMRC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 7) }
@inline(__always) private func compareJumpMRC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 7) }
@inline(__always) private func compareJumpMRC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 7) }
@inline(__always) private func compareJumpMRC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 8) }
@inline(__always) private func compareJumpMRC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 8) }
@inline(__always) private func compareJumpMRC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 8) }
@inline(__always) private func compareJumpMRC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 8) }
@inline(__always) private func compareJumpMRC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 9) }
@inline(__always) private func compareJumpMRC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 9) }
@inline(__always) private func compareJumpMRC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 9) }
@inline(__always) private func compareJumpMRC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 9) }
@inline(__always) private func compareJumpMRC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 12) }
@inline(__always) private func compareJumpMRC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 12) }
@inline(__always) private func compareJumpMRC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 12) }
@inline(__always) private func compareJumpMRC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 12) }
@inline(__always) private func compareJumpMRC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 13) }
@inline(__always) private func compareJumpMRC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 13) }
@inline(__always) private func compareJumpMRC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 13) }
@inline(__always) private func compareJumpMRC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 13) }
@inline(__always) private func compareJumpMRC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 14) }
@inline(__always) private func compareJumpMRC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 14) }
@inline(__always) private func compareJumpMRC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 14) }
@inline(__always) private func compareJumpMRC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 14) }
@inline(__always) private func compareJumpMRC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt8.self, 15) }
@inline(__always) private func compareJumpMRC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt16.self, 15) }
@inline(__always) private func compareJumpMRC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt32.self, 15) }
@inline(__always) private func compareJumpMRC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { compareJumpMR(c, o, UInt64.self, 15) }
@inline(__always) private func testJumpRRC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 2) }
@inline(__always) private func testJumpRRC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 2) }
@inline(__always) private func testJumpRRC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 2) }
@inline(__always) private func testJumpRRC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 2) }
@inline(__always) private func testJumpRRC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 3) }
@inline(__always) private func testJumpRRC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 3) }
@inline(__always) private func testJumpRRC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 3) }
@inline(__always) private func testJumpRRC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 3) }
@inline(__always) private func testJumpRRC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 4) }
@inline(__always) private func testJumpRRC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 4) }
@inline(__always) private func testJumpRRC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 4) }
@inline(__always) private func testJumpRRC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 4) }
@inline(__always) private func testJumpRRC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 5) }
@inline(__always) private func testJumpRRC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 5) }
@inline(__always) private func testJumpRRC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 5) }
@inline(__always) private func testJumpRRC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 5) }
@inline(__always) private func testJumpRRC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 6) }
@inline(__always) private func testJumpRRC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 6) }
@inline(__always) private func testJumpRRC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 6) }
@inline(__always) private func testJumpRRC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 6) }
@inline(__always) private func testJumpRRC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 7) }
@inline(__always) private func testJumpRRC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 7) }
@inline(__always) private func testJumpRRC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 7) }
@inline(__always) private func testJumpRRC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 7) }
@inline(__always) private func testJumpRRC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 8) }
@inline(__always) private func testJumpRRC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 8) }
@inline(__always) private func testJumpRRC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 8) }
@inline(__always) private func testJumpRRC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 8) }
@inline(__always) private func testJumpRRC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 9) }
@inline(__always) private func testJumpRRC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 9) }
@inline(__always) private func testJumpRRC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 9) }
@inline(__always) private func testJumpRRC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 9) }
@inline(__always) private func testJumpRRC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 12) }
@inline(__always) private func testJumpRRC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 12) }
@inline(__always) private func testJumpRRC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 12) }
@inline(__always) private func testJumpRRC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 12) }
@inline(__always) private func testJumpRRC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 13) }
@inline(__always) private func testJumpRRC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 13) }
@inline(__always) private func testJumpRRC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 13) }
@inline(__always) private func testJumpRRC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 13) }
@inline(__always) private func testJumpRRC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 14) }
@inline(__always) private func testJumpRRC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 14) }
@inline(__always) private func testJumpRRC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 14) }
@inline(__always) private func testJumpRRC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 14) }
@inline(__always) private func testJumpRRC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt8.self, 15) }
@inline(__always) private func testJumpRRC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt16.self, 15) }
@inline(__always) private func testJumpRRC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt32.self, 15) }
@inline(__always) private func testJumpRRC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRR(c, o, UInt64.self, 15) }
@inline(__always) private func testJumpRIC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 2) }
@inline(__always) private func testJumpRIC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 2) }
@inline(__always) private func testJumpRIC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 2) }
@inline(__always) private func testJumpRIC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 2) }
@inline(__always) private func testJumpRIC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 3) }
@inline(__always) private func testJumpRIC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 3) }
@inline(__always) private func testJumpRIC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 3) }
@inline(__always) private func testJumpRIC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 3) }
@inline(__always) private func testJumpRIC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 4) }
@inline(__always) private func testJumpRIC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 4) }
@inline(__always) private func testJumpRIC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 4) }
@inline(__always) private func testJumpRIC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 4) }
@inline(__always) private func testJumpRIC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 5) }
@inline(__always) private func testJumpRIC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 5) }
@inline(__always) private func testJumpRIC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 5) }
@inline(__always) private func testJumpRIC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 5) }
@inline(__always) private func testJumpRIC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 6) }
@inline(__always) private func testJumpRIC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 6) }
@inline(__always) private func testJumpRIC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 6) }
@inline(__always) private func testJumpRIC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 6) }
@inline(__always) private func testJumpRIC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 7) }
@inline(__always) private func testJumpRIC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 7) }
@inline(__always) private func testJumpRIC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 7) }
@inline(__always) private func testJumpRIC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 7) }
@inline(__always) private func testJumpRIC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 8) }
@inline(__always) private func testJumpRIC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 8) }
@inline(__always) private func testJumpRIC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 8) }
@inline(__always) private func testJumpRIC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 8) }
@inline(__always) private func testJumpRIC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 9) }
@inline(__always) private func testJumpRIC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 9) }
@inline(__always) private func testJumpRIC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 9) }
@inline(__always) private func testJumpRIC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 9) }
@inline(__always) private func testJumpRIC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 12) }
@inline(__always) private func testJumpRIC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 12) }
@inline(__always) private func testJumpRIC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 12) }
@inline(__always) private func testJumpRIC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 12) }
@inline(__always) private func testJumpRIC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 13) }
@inline(__always) private func testJumpRIC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 13) }
@inline(__always) private func testJumpRIC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 13) }
@inline(__always) private func testJumpRIC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 13) }
@inline(__always) private func testJumpRIC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 14) }
@inline(__always) private func testJumpRIC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 14) }
@inline(__always) private func testJumpRIC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 14) }
@inline(__always) private func testJumpRIC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 14) }
@inline(__always) private func testJumpRIC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt8.self, 15) }
@inline(__always) private func testJumpRIC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt16.self, 15) }
@inline(__always) private func testJumpRIC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt32.self, 15) }
@inline(__always) private func testJumpRIC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpRI(c, o, UInt64.self, 15) }
@inline(__always) private func testJumpMIC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 2) }
@inline(__always) private func testJumpMIC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 2) }
@inline(__always) private func testJumpMIC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 2) }
@inline(__always) private func testJumpMIC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 2) }
@inline(__always) private func testJumpMIC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 3) }
@inline(__always) private func testJumpMIC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 3) }
@inline(__always) private func testJumpMIC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 3) }
@inline(__always) private func testJumpMIC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 3) }
@inline(__always) private func testJumpMIC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 4) }
@inline(__always) private func testJumpMIC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 4) }
@inline(__always) private func testJumpMIC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 4) }
@inline(__always) private func testJumpMIC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 4) }
@inline(__always) private func testJumpMIC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 5) }
@inline(__always) private func testJumpMIC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 5) }
@inline(__always) private func testJumpMIC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 5) }
@inline(__always) private func testJumpMIC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 5) }
@inline(__always) private func testJumpMIC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 6) }
@inline(__always) private func testJumpMIC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 6) }
@inline(__always) private func testJumpMIC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 6) }
@inline(__always) private func testJumpMIC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 6) }
@inline(__always) private func testJumpMIC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 7) }
@inline(__always) private func testJumpMIC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 7) }
@inline(__always) private func testJumpMIC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 7) }
@inline(__always) private func testJumpMIC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 7) }
@inline(__always) private func testJumpMIC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 8) }
@inline(__always) private func testJumpMIC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 8) }
@inline(__always) private func testJumpMIC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 8) }
@inline(__always) private func testJumpMIC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 8) }
@inline(__always) private func testJumpMIC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 9) }
@inline(__always) private func testJumpMIC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 9) }
@inline(__always) private func testJumpMIC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 9) }
@inline(__always) private func testJumpMIC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 9) }
@inline(__always) private func testJumpMIC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 12) }
@inline(__always) private func testJumpMIC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 12) }
@inline(__always) private func testJumpMIC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 12) }
@inline(__always) private func testJumpMIC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 12) }
@inline(__always) private func testJumpMIC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 13) }
@inline(__always) private func testJumpMIC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 13) }
@inline(__always) private func testJumpMIC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 13) }
@inline(__always) private func testJumpMIC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 13) }
@inline(__always) private func testJumpMIC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 14) }
@inline(__always) private func testJumpMIC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 14) }
@inline(__always) private func testJumpMIC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 14) }
@inline(__always) private func testJumpMIC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 14) }
@inline(__always) private func testJumpMIC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt8.self, 15) }
@inline(__always) private func testJumpMIC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt16.self, 15) }
@inline(__always) private func testJumpMIC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt32.self, 15) }
@inline(__always) private func testJumpMIC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMI(c, o, UInt64.self, 15) }
@inline(__always) private func testJumpMRC2For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 2) }
@inline(__always) private func testJumpMRC2For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 2) }
@inline(__always) private func testJumpMRC2For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 2) }
@inline(__always) private func testJumpMRC2For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 2) }
@inline(__always) private func testJumpMRC3For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 3) }
@inline(__always) private func testJumpMRC3For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 3) }
@inline(__always) private func testJumpMRC3For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 3) }
@inline(__always) private func testJumpMRC3For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 3) }
@inline(__always) private func testJumpMRC4For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 4) }
@inline(__always) private func testJumpMRC4For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 4) }
@inline(__always) private func testJumpMRC4For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 4) }
@inline(__always) private func testJumpMRC4For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 4) }
@inline(__always) private func testJumpMRC5For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 5) }
@inline(__always) private func testJumpMRC5For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 5) }
@inline(__always) private func testJumpMRC5For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 5) }
@inline(__always) private func testJumpMRC5For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 5) }
@inline(__always) private func testJumpMRC6For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 6) }
@inline(__always) private func testJumpMRC6For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 6) }
@inline(__always) private func testJumpMRC6For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 6) }
@inline(__always) private func testJumpMRC6For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 6) }
@inline(__always) private func testJumpMRC7For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 7) }
@inline(__always) private func testJumpMRC7For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 7) }
@inline(__always) private func testJumpMRC7For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 7) }
@inline(__always) private func testJumpMRC7For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 7) }
@inline(__always) private func testJumpMRC8For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 8) }
@inline(__always) private func testJumpMRC8For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 8) }
@inline(__always) private func testJumpMRC8For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 8) }
@inline(__always) private func testJumpMRC8For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 8) }
@inline(__always) private func testJumpMRC9For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 9) }
@inline(__always) private func testJumpMRC9For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 9) }
@inline(__always) private func testJumpMRC9For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 9) }
@inline(__always) private func testJumpMRC9For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 9) }
@inline(__always) private func testJumpMRC12For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 12) }
@inline(__always) private func testJumpMRC12For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 12) }
@inline(__always) private func testJumpMRC12For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 12) }
@inline(__always) private func testJumpMRC12For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 12) }
@inline(__always) private func testJumpMRC13For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 13) }
@inline(__always) private func testJumpMRC13For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 13) }
@inline(__always) private func testJumpMRC13For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 13) }
@inline(__always) private func testJumpMRC13For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 13) }
@inline(__always) private func testJumpMRC14For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 14) }
@inline(__always) private func testJumpMRC14For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 14) }
@inline(__always) private func testJumpMRC14For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 14) }
@inline(__always) private func testJumpMRC14For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 14) }
@inline(__always) private func testJumpMRC15For8(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt8.self, 15) }
@inline(__always) private func testJumpMRC15For16(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt16.self, 15) }
@inline(__always) private func testJumpMRC15For32(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt32.self, 15) }
@inline(__always) private func testJumpMRC15For64(_ c: Pointer, _ o: Pointer) -> Pointer? { testJumpMR(c, o, UInt64.self, 15) }
